// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/sim/zerotier/controllerdouble.h"
#include "tests/support/rawhttp.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

namespace interlock {

inline NetworkId networkId(QByteArrayView id)
{
    return NetworkId::parse(QString::fromLatin1(id)).value();
}

inline NodeId nodeId(QByteArrayView id)
{
    return NodeId::parse(QString::fromLatin1(id)).value();
}

/// A controller that listens, and what a test asks it, each time on a connection of its own.
struct ControllerBed
{
    explicit ControllerBed(ControllerOptions options = {})
        : controller(std::move(options)), isListening(controller.listen())
    {
    }

    [[nodiscard]] QByteArray bytes(const QByteArray &method, const QByteArray &path, const QByteArray &body = {}) const
    {
        return rawRequest(method, path, controller.token(), body, "Connection: close\r\n");
    }
    /// \returns an answer with an empty status line when the connection ended without one
    RawReply ask(const QByteArray &method, const QByteArray &path, const QByteArray &body = {})
    {
        return RawHttp(controller.port()).ask(bytes(method, path, body)).value_or(RawReply());
    }
    QJsonObject object(const QByteArray &method, const QByteArray &path, const QByteArray &body = {})
    {
        return QJsonDocument::fromJson(ask(method, path, body).body).object();
    }

    ControllerDouble controller;
    bool isListening;
};

} // namespace interlock
