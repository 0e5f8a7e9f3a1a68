// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/sim/zerotier/controllerapi.h"

namespace interlock {

/// What ZeroTier Central answers, over what a controller stores: `/api/v1`, `Authorization: token T`, the settings of a
/// network and a member wrapped in `config`, ids that the server chooses, a limit of requests.
///
/// Nothing of it was measured: the shapes are those of the documents, with the fields that they name. What Central
/// makes of a bad value is not known; here it is what a controller makes of it. A bad body is a 400. \source
/// zerotier/FACTS.md 54 to 58 (D)
class CentralApi
{
public:
    explicit CentralApi(ControllerApi &api) : m_api(api) {}

    /// As ControllerApi::answer().
    [[nodiscard]] ControllerApi::Answer answer(const HttpRequest &request);

private:
    using Answer = ControllerApi::Answer;

    [[nodiscard]] std::optional<HttpReply> refusal(const HttpRequest &request);
    [[nodiscard]] Answer networksAnswer(const HttpRequest &request);
    [[nodiscard]] Answer networkAnswer(const HttpRequest &request, quint64 network);
    [[nodiscard]] Answer membersAnswer(quint64 network);
    [[nodiscard]] Answer memberAnswer(const HttpRequest &request, quint64 network, const QByteArray &node);
    [[nodiscard]] Answer networkPost(const HttpRequest &request, quint64 network);
    [[nodiscard]] Answer memberPost(const HttpRequest &request, quint64 network, const QByteArray &node);
    [[nodiscard]] ExactJson networkJson(quint64 network, const QByteArray &record) const;
    [[nodiscard]] ExactJson memberJson(const QByteArray &record) const;
    [[nodiscard]] HttpReply statusReply() const;

    ControllerApi &m_api;
    qint64 m_second = 0;
    int m_askedInSecond = 0;
};

} // namespace interlock
