// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/link/openvpn/answer.h"
#include "model/link/openvpn/event.h"
#include "model/link/openvpn/managementcommand.h"

#include <deque>
#include <optional>
#include <vector>

namespace interlock::openvpn {

/// The commands that wait for their turn or for their answer. The server answers in order, so an answer belongs to the
/// oldest command that was sent; events in between belong to none. Never calls a reply itself.
/// \source openvpn/FACTS.md 20
class CommandQueue
{
public:
    /// Bytes that may wait to be sent.
    static constexpr qsizetype kMaxWaiting = 16 * 1024 * 1024;
    /// Bytes of one answer: twice `status 3` of 100,000 clients.
    static constexpr qsizetype kMaxAnswer = 64 * 1024 * 1024;
    /// Commands under way at a time, so that a busy server need not turn for each.
    static constexpr std::size_t kWindow = 32;

    /// A command that is done, with what its reply is to be told.
    struct Done
    {
        Reply reply;
        Expected<Answer> answer;
    };

    /// \returns Limit when too much is waiting; `reply` is then untouched
    [[nodiscard]] Expected<void> push(const ManagementCommand &command, Reply &reply);

    /// The bytes of the next command, which is under way from then on; nothing when none waits or enough are under way.
    [[nodiscard]] std::optional<QByteArray> takeNext();

    /// Gives an answer's event to the command that it belongs to.
    /// \returns the command that is done with it; BackendMismatch when no command waits, or an answer has no end: then
    /// nothing can be paired any more and the link is to be dropped
    [[nodiscard]] Expected<std::optional<Done>> accept(const Success &success);
    [[nodiscard]] Expected<std::optional<Done>> accept(const Failure &failure);
    [[nodiscard]] Expected<std::optional<Done>> accept(const AnswerLine &line);
    [[nodiscard]] Expected<std::optional<Done>> accept(const AnswerEnd &end);

    /// How the answer looks that is awaited next.
    [[nodiscard]] AnswerShape awaited() const;
    /// The verb of the command whose answer is awaited next.
    [[nodiscard]] QString awaitedName() const;
    [[nodiscard]] bool isAwaiting() const { return m_sent > 0; }
    [[nodiscard]] qsizetype size() const { return static_cast<qsizetype>(m_entries.size()); }

    /// Empties the queue; the caller tells them all.
    [[nodiscard]] std::vector<Reply> takeAll();

private:
    struct Entry
    {
        QLatin1String name;
        QByteArray bytes; ///< empty once sent
        AnswerShape shape;
        Reply reply;
    };

    [[nodiscard]] Expected<std::optional<Done>> finish(Expected<Answer> answer);

    std::deque<Entry> m_entries;
    std::size_t m_sent = 0; ///< of them, from the front
    qsizetype m_waitingBytes = 0;
    QByteArray m_lines;
};

} // namespace interlock::openvpn
