// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/link/zerotier/controllerreply.h"

#include <QNetworkReply>

#include <algorithm>

namespace interlock {

namespace {

/// An error of Qt's that is not about what the answer says.
ControllerFault faultOf(QNetworkReply::NetworkError error, bool hasStatus)
{
    switch (error) {
    case QNetworkReply::NoError:
        return ControllerFault::None;
    case QNetworkReply::ConnectionRefusedError:
        return ControllerFault::Refused;
    case QNetworkReply::HostNotFoundError:
        return ControllerFault::Unresolved;
    case QNetworkReply::TimeoutError:
    case QNetworkReply::OperationCanceledError: // setTransferTimeout() ends a transfer in this way
        return ControllerFault::TimedOut;
    case QNetworkReply::SslHandshakeFailedError:
        return ControllerFault::Tls;
    case QNetworkReply::ProtocolFailure:
    case QNetworkReply::ProtocolUnknownError:
    case QNetworkReply::ProtocolInvalidOperationError: // 400, too
        return hasStatus ? ControllerFault::None : ControllerFault::NotHttp;
    case QNetworkReply::RemoteHostClosedError:
    case QNetworkReply::ContentReSendError: // the connection ended, and the body may not be sent twice
        return hasStatus ? ControllerFault::Cut : ControllerFault::Lost;
    case QNetworkReply::TemporaryNetworkFailureError:
    case QNetworkReply::NetworkSessionFailedError:
    case QNetworkReply::ProxyConnectionRefusedError:
    case QNetworkReply::ProxyConnectionClosedError:
    case QNetworkReply::ProxyNotFoundError:
    case QNetworkReply::ProxyTimeoutError:
    case QNetworkReply::ProxyAuthenticationRequiredError:
        return ControllerFault::Unreachable;
    case QNetworkReply::UnknownNetworkError:
    case QNetworkReply::UnknownProxyError:
        return hasStatus ? ControllerFault::Cut : ControllerFault::Unreachable;
    default:
        return hasStatus ? ControllerFault::None : ControllerFault::Lost;
    }
}

/// Whether less came than was announced. Qt tells of that in most cases only.
bool isCut(const QNetworkReply &reply, qint64 size)
{
    if (!reply.hasRawHeader("Content-Length"))
        return false;
    bool isNumber = false;
    const qint64 announced = reply.rawHeader("Content-Length").trimmed().toLongLong(&isNumber);
    return isNumber && announced != size;
}

std::optional<std::chrono::seconds> retryAfterOf(const QNetworkReply &reply)
{
    bool isNumber = false;
    const int seconds = reply.rawHeader("Retry-After").trimmed().toInt(&isNumber);
    if (!isNumber || seconds < 0)
        return std::nullopt;
    return std::chrono::seconds(seconds);
}

} // namespace

bool ControllerReply::wasNotSent() const
{
    return fault == ControllerFault::Refused || fault == ControllerFault::Unresolved || fault == ControllerFault::Tls ||
           (fault != ControllerFault::None && sent == 0);
}

ControllerReply readReply(QNetworkReply &reply, bool isTooLong, bool isOverdue)
{
    ControllerReply read;
    read.status = reply.attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    read.fault = isTooLong   ? ControllerFault::TooLong
                 : isOverdue ? ControllerFault::TimedOut
                             : faultOf(reply.error(), read.status > 0);
    if (read.fault == ControllerFault::Tls)
        read.reason = printable(reply.errorString().toUtf8(), {});
    if (read.fault != ControllerFault::None)
        return read;
    read.body = reply.readAll();
    read.retryAfter = retryAfterOf(reply);
    if (isCut(reply, read.body.size()))
        read.fault = ControllerFault::Cut;
    return read;
}

std::optional<std::chrono::milliseconds> retryDelay(const ControllerRequest &request, const ControllerReply &reply,
                                                    const ControllerTimes &times)
{
    if (reply.tries >= times.tries)
        return std::nullopt;
    const auto doubled = times.retryFirst * (1 << std::min(reply.tries - 1, 16));
    const bool isRepeatable = request.repeat == ControllerRequest::Repeat::WhenLost;
    switch (reply.fault) {
    case ControllerFault::Tls:
    case ControllerFault::NotHttp:
    case ControllerFault::TooLong:
        return std::nullopt;
    case ControllerFault::None:
        break;
    default:
        return isRepeatable || reply.wasNotSent() ? std::optional<std::chrono::milliseconds>(doubled) : std::nullopt;
    }
    if (reply.status == 503) // nothing was done
        return std::max<std::chrono::milliseconds>(
            doubled, std::min<std::chrono::milliseconds>(reply.retryAfter.value_or(std::chrono::seconds(0)),
                                                         times.retryAfterMost));
    if (reply.status == 429) {
        const std::chrono::milliseconds asked = reply.retryAfter.value_or(std::chrono::seconds(1));
        return asked <= times.retryAfterMost ? std::optional(std::max(asked, times.retryFirst)) : std::nullopt;
    }
    if ((reply.status == 502 || reply.status == 504) && isRepeatable) // a proxy lost it
        return doubled;
    return std::nullopt;
}

} // namespace interlock
