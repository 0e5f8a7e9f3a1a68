// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/link/openvpn/clientid.h"
#include "model/link/openvpn/parser.h"
#include "model/values/error.h"

#include <QByteArray>
#include <QLatin1String>
#include <QString>
#include <QStringView>

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>

namespace interlock::openvpn {

enum class ServerSignal : std::uint8_t { Hup, Term, Usr1, Usr2 };

enum class KillMessage : std::uint8_t {
    Restart, ///< the client comes back at once
    Halt     ///< the client's program ends
};

/// One command to a management interface, in the bytes that are sent. It can be made from checked values only: nothing
/// in it ends a line or a quotation before its time.
/// \source openvpn/FACTS.md 56-64
class ManagementCommand
{
public:
    /// Bytes of a line in a client-auth block. The server splits longer ones and obeys the tail. \source FACTS 63
    static constexpr qsizetype kMaxBlockLine = 254;
    /// Bytes of a quoted parameter, before quoting. \source FACTS 61
    static constexpr qsizetype kMaxParameter = 255;
    /// Bytes of a command; longer ones are lost or obeyed in part. \source FACTS 62
    static constexpr qsizetype kMaxCommandLine = 1000;
    /// Lines of a client-auth block. \source FACTS 64
    static constexpr std::size_t kMaxBlockLines = 1000;

    /// \returns Invalid when empty or with control characters, Limit when too long; the text is in no error
    [[nodiscard]] static Expected<ManagementCommand> password(const QByteArray &secret);
    [[nodiscard]] static ManagementCommand holdRelease();
    /// Tell of changes from now on.
    [[nodiscard]] static ManagementCommand stateOn();
    [[nodiscard]] static ManagementCommand logOn();
    [[nodiscard]] static ManagementCommand logOff();
    /// The present state, one line.
    [[nodiscard]] static ManagementCommand state();
    /// Tell each client's counters at most every `interval`; 0 switches them off. A negative one is 0.
    [[nodiscard]] static ManagementCommand byteCount(std::chrono::seconds interval);
    [[nodiscard]] static ManagementCommand status3();
    [[nodiscard]] static ManagementCommand version();
    [[nodiscard]] static ManagementCommand pid();
    /// `env-filter 0`: everything is told. \source FACTS 25
    [[nodiscard]] static ManagementCommand envFilterOff();

    /// Admits a client with `lines`, which must be checked texts (ServerLine::toString()).
    /// \returns Invalid for a line that is empty, is END or has control characters; Limit for one that is too long,
    /// or too many of them
    [[nodiscard]] static Expected<ManagementCommand> clientAuth(ClientId cid, KeyId kid,
                                                                std::span<const QString> lines);
    /// Admits a client, or a key, without lines.
    [[nodiscard]] static ManagementCommand clientAuthNt(ClientId cid, KeyId kid);
    /// Refuses a client that waits for its answer. `reason` goes to the server's log, `clientReason` to the client.
    /// A live session would be ended too, but only when the server next looks at its keys: up to 15 s later, and 5 s
    /// more until it is gone (DECISIONS 35).
    /// \returns Invalid for control characters, Limit for a text or a line that is too long
    [[nodiscard]] static Expected<ManagementCommand> clientDeny(ClientId cid, KeyId kid, QStringView reason,
                                                                QStringView clientReason = {});
    /// Ends a live session at once and for good: the client is told that it is refused, and why, as a server tells it,
    /// and stops unless it is set to try again. \source DECISIONS 35
    /// \returns Invalid for control characters, Limit for a reason that is too long
    [[nodiscard]] static Expected<ManagementCommand> clientRevoke(ClientId cid, QStringView reason);
    /// \source FACTS 29
    [[nodiscard]] static ManagementCommand clientKill(ClientId cid, KillMessage message = KillMessage::Restart);
    [[nodiscard]] static ManagementCommand signal(ServerSignal signal);

    /// What is sent, line ends included.
    [[nodiscard]] const QByteArray &bytes() const { return m_bytes; }
    [[nodiscard]] AnswerShape answer() const { return m_answer; }
    /// The verb, for logs: never a parameter.
    [[nodiscard]] QLatin1String name() const { return m_name; }

    friend bool operator==(const ManagementCommand &, const ManagementCommand &) = default;

private:
    ManagementCommand(QLatin1String name, QByteArray bytes, AnswerShape answer)
        : m_name(name), m_bytes(std::move(bytes)), m_answer(answer)
    {
    }

    QLatin1String m_name;
    QByteArray m_bytes;
    AnswerShape m_answer;
};

} // namespace interlock::openvpn
