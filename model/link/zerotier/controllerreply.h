// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/link/zerotier/controllerrequest.h"

#include <QByteArray>
#include <QString>

#include <chrono>
#include <optional>

class QNetworkReply;

namespace interlock {

/// Why there is no whole answer.
enum class ControllerFault {
    None,
    Refused,     ///< nobody listens there
    Unresolved,  ///< there is no such host
    Unreachable, ///< no way to it, or a proxy in between said no
    TimedOut,
    Lost,    ///< the connection ended before an answer
    Cut,     ///< it ended in the middle of one
    Tls,     ///< no trust
    NotHttp, ///< what came is no answer of a web server
    TooLong, ///< there was no end of it
};

/// What came back for one try of a request.
struct ControllerReply
{
    ControllerFault fault = ControllerFault::None;
    int status = 0; ///< of HTTP; of a fault too, when that much had come
    QByteArray body = {};
    QString reason = {}; ///< of a TLS fault, printable
    std::optional<std::chrono::seconds> retryAfter = {};
    int sent = 0;  ///< how often Qt wrote the request: it does so again by itself when a connection ends early
    int tries = 1; ///< which try this is
    bool mayHaveArrivedBefore = false; ///< one before may have been carried out without us hearing of it

    [[nodiscard]] bool isGood() const { return fault == ControllerFault::None && status >= 200 && status < 300; }
    /// Whether it is certain that the controller was not asked.
    [[nodiscard]] bool wasNotSent() const;
};

/// The longest body that is taken: ten times what 5000 members need.
inline constexpr qint64 kMaxControllerBody = 64 * 1024 * 1024;

/// Reads a reply that has finished; `isTooLong` and `isOverdue` say that we ended it ourselves.
[[nodiscard]] ControllerReply readReply(QNetworkReply &reply, bool isTooLong, bool isOverdue);

/// How long to wait before the request is tried again; nothing when it should not be.
/// A refusal is final. 500 is one, because it means a body that the controller could not read.
/// \source zerotier/FACTS.md 13; CASES.md R11, C10, C11
[[nodiscard]] std::optional<std::chrono::milliseconds>
retryDelay(const ControllerRequest &request, const ControllerReply &reply, const ControllerTimes &times);

/// Text of the other side for a sentence of ours: the first 200 characters, blanks for what is not printable, and never
/// `secret`.
[[nodiscard]] QString printable(const QByteArray &text, const QByteArray &secret);

/// What a reply that is not good means, with what a person may do about it.
/// \returns BackendUnavailable, BackendRefused, NotFound or BackendMismatch, with `status` (0: none), `url` and `tries`
[[nodiscard]] Error errorOf(const ControllerEndpoint &endpoint, const QByteArray &token,
                            const ControllerRequest &request, const ControllerReply &reply);

/// `error` with the place that it came from.
[[nodiscard]] Error placed(Error error, const ControllerEndpoint &endpoint, const ControllerRequest &request,
                           const ControllerReply &reply);

} // namespace interlock
