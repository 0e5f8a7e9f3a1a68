// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/link/zerotier/controllerreply.h"

#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

constexpr qsizetype kMaxForeignText = 200;

/// What the body of a refusal says. A controller does not escape what it quotes there, so that the body need not be
/// JSON. \source zerotier/FACTS.md 12
QByteArray descriptionIn(const QByteArray &body)
{
    const auto said = QJsonDocument::fromJson(body.left(64 * 1024)).object();
    for (const QString &key : {u"description"_s, u"message"_s}) {
        if (const QString text = said.value(key).toString(); !text.isEmpty())
            return text.toUtf8();
    }
    static const QByteArray kKey = "\"description\": \"";
    const auto at = body.indexOf(kKey);
    if (at < 0)
        return {};
    QByteArray text = body.mid(at + kKey.size(), 4 * kMaxForeignText).trimmed();
    if (text.endsWith("\"}"))
        text.chop(2);
    return text;
}

QString sentenceOf(ControllerFault fault, const QString &where, const QString &reason)
{
    switch (fault) {
    case ControllerFault::Refused:
        return u"nobody answers at %1 (connection refused): is zerotier-one running there, and is the port right?"_s
            .arg(where);
    case ControllerFault::Unresolved:
        return u"the host of %1 is not known: check its name and the name service"_s.arg(where);
    case ControllerFault::Unreachable:
        return u"there is no way to %1: check the network, and a proxy in between"_s.arg(where);
    case ControllerFault::TimedOut:
        return u"%1 did not answer in time: it is overloaded, or a firewall swallows the packets"_s.arg(where);
    case ControllerFault::Lost:
        return u"%1 closed the connection without an answer: it was restarted, or speaks another protocol"_s.arg(where);
    case ControllerFault::Cut:
        return u"the answer of %1 ended in the middle: it was restarted, or a proxy cut it off"_s.arg(where);
    case ControllerFault::Tls:
        return u"no trusted connection to %1 (%2): check its certificate, or whether the port takes plain http only"_s
            .arg(where, reason);
    case ControllerFault::NotHttp:
        return u"%1 is no ZeroTier controller: it does not speak HTTP"_s.arg(where);
    case ControllerFault::TooLong:
        return u"the answer of %1 is longer than any controller's: it is not one"_s.arg(where);
    case ControllerFault::None:
        break;
    }
    return u"%1 did not answer"_s.arg(where);
}

ErrorKind kindOf(ControllerFault fault)
{
    return fault == ControllerFault::NotHttp || fault == ControllerFault::TooLong ? ErrorKind::BackendMismatch
                                                                                  : ErrorKind::BackendUnavailable;
}

QString unauthorized(ControllerFlavour flavour, const QString &where)
{
    if (flavour == ControllerFlavour::Central)
        return u"%1 refused the token (401): make a new one in the account settings of ZeroTier Central; a self-hosted "
               "controller answers the same to a request made for Central"_s.arg(where);
    return u"%1 refused the request (401): either the token is not the one in its authtoken.secret, or "
           "settings.allowManagementFrom in its local.conf does not contain this host's address"_s.arg(where);
}

Error errorOfStatus(ControllerFlavour flavour, const QString &where, const ControllerRequest &request,
                    const ControllerReply &reply, const QString &said)
{
    const QString quoted = said.isEmpty() ? QString() : u": \"%1\""_s.arg(said);
    const QString status = QString::number(reply.status);
    switch (reply.status) {
    case 401:
        return {ErrorKind::BackendRefused, unauthorized(flavour, where), {}};
    case 403:
        return {ErrorKind::BackendRefused,
                u"%1 does not allow this for %2 (403)%3: the token's account needs the right to it"_s.arg(
                    where, request.subject, quoted),
                {}};
    case 404:
        return {ErrorKind::NotFound, u"the controller at %1 does not know %2"_s.arg(where, request.subject), {}};
    case 429:
        return {ErrorKind::BackendUnavailable,
                u"%1 takes no more requests for now (429): try again in a minute"_s.arg(where),
                {}};
    case 502:
    case 504:
        return {ErrorKind::BackendUnavailable,
                u"the proxy at %1 does not reach the controller (%2)"_s.arg(where, status),
                {}};
    case 503:
        return {ErrorKind::BackendUnavailable,
                u"the controller at %1 is not ready yet (503): try again in a moment"_s.arg(where),
                {}};
    default:
        break;
    }
    if (reply.status >= 300 && reply.status < 400)
        return {ErrorKind::BackendMismatch,
                u"%1 sends elsewhere (%2), where the token is not sent: enter the address that it redirects to"_s.arg(
                    where, status),
                {}};
    return {ErrorKind::BackendRefused,
            u"the controller at %1 failed on %2 (%3)%4: nothing is tried again, because it would fail again"_s.arg(
                where, request.subject, status, quoted),
            {}};
}

} // namespace

QString printable(const QByteArray &text, const QByteArray &secret)
{
    QByteArray clean = text;
    if (!secret.isEmpty())
        clean.replace(secret, "...");
    QString shown = QString::fromUtf8(clean.left(4 * kMaxForeignText));
    for (QChar &c : shown) {
        if (!c.isPrint() || c.isSurrogate() || c == QChar::ReplacementCharacter)
            c = u' ';
    }
    shown = shown.simplified();
    if (shown.size() > kMaxForeignText)
        shown = shown.left(kMaxForeignText) + u"..."_s;
    return shown;
}

Error placed(Error error, const ControllerEndpoint &endpoint, const ControllerRequest &request,
             const ControllerReply &reply)
{
    error.payload.insert(u"status"_s, reply.status);
    error.payload.insert(u"url"_s, urlOf(endpoint, request.path).toString(QUrl::FullyEncoded));
    error.payload.insert(u"tries"_s, reply.tries);
    return error;
}

Error errorOf(const ControllerEndpoint &endpoint, const QByteArray &token, const ControllerRequest &request,
              const ControllerReply &reply)
{
    const QString where = urlOf(endpoint, {}).toString(QUrl::FullyEncoded);
    Error error;
    if (reply.fault != ControllerFault::None) {
        error = {kindOf(reply.fault), sentenceOf(reply.fault, where, reply.reason), {}};
    } else {
        const QString said = printable(descriptionIn(reply.body), token);
        error = errorOfStatus(endpoint.flavour, where, request, reply, said);
        if (!said.isEmpty())
            error.payload.insert(u"description"_s, said);
    }
    return placed(std::move(error), endpoint, request, reply);
}

} // namespace interlock
