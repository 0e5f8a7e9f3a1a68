// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/link/openvpn/linkoptions.h"
#include "model/link/openvpn/linkstate.h"

#include <QByteArray>
#include <QObject>

#include <span>

QT_BEGIN_NAMESPACE
class QIODevice;
class QLocalSocket;
class QTcpSocket;
QT_END_NAMESPACE

namespace interlock::openvpn {

/// One connection over TCP or a unix socket, with the same signals for both. Used once.
class LinkSocket : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    void open(const LinkEndpoint &endpoint);
    /// Reads at most buffer.size() bytes. \returns how many; 0 when there are none
    [[nodiscard]] qsizetype read(std::span<char> buffer);
    void write(const QByteArray &bytes);
    /// Sends now what was written, as far as the system takes it.
    void flush();
    /// Ends it; no signal follows.
    void abandon();

Q_SIGNALS:
    void opened();
    /// It was never open. `state` is one of NotThere, Refused and NoAccess.
    void openFailed(interlock::openvpn::LinkState state, const QString &why);
    void readyRead();
    /// It was open; bytes may still wait to be read.
    void closed(const QString &why);

private:
    void openTcp(const LinkEndpoint &endpoint);
    void openUnix(const QString &path);
    void onOpened();
    void onError(LinkState state);
    void onClosed(const QString &why);

    QIODevice *m_deviceOrNull = nullptr;
    QTcpSocket *m_tcpOrNull = nullptr;
    QLocalSocket *m_unixOrNull = nullptr;
    bool m_isOpen = false;
    bool m_isDone = false;
};

} // namespace interlock::openvpn
