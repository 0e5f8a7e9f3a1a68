// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/link/openvpn/commandqueue.h"

#include <utility>

namespace interlock::openvpn {

using namespace Qt::StringLiterals;

Expected<void> CommandQueue::push(const ManagementCommand &command, Reply &reply)
{
    if (m_waitingBytes + command.bytes().size() > kMaxWaiting)
        return fail(ErrorKind::Limit, u"too many commands wait for the OpenVPN server"_s);
    m_waitingBytes += command.bytes().size();
    m_entries.push_back({command.name(), command.bytes(), command.answer(), std::move(reply)});
    return {};
}

std::optional<QByteArray> CommandQueue::takeNext()
{
    if (m_sent == m_entries.size() || m_sent == kWindow)
        return std::nullopt;
    auto bytes = std::exchange(m_entries[m_sent].bytes, {});
    m_waitingBytes -= bytes.size();
    ++m_sent;
    return bytes;
}

Expected<std::optional<CommandQueue::Done>> CommandQueue::accept(const Success &success)
{
    return finish(Answer{success.text, {}});
}

Expected<std::optional<CommandQueue::Done>> CommandQueue::accept(const Failure &failure)
{
    return finish(fail(ErrorKind::BackendRefused, failure.text));
}

Expected<std::optional<CommandQueue::Done>> CommandQueue::accept(const AnswerLine &line)
{
    if (m_lines.size() + line.text.size() >= kMaxAnswer)
        return fail(ErrorKind::BackendMismatch, u"the answer to '%1' has no end"_s.arg(awaitedName()));
    m_lines.append(line.text).append('\n');
    return std::optional<Done>();
}

Expected<std::optional<CommandQueue::Done>> CommandQueue::accept(const AnswerEnd &)
{
    return finish(Answer{{}, std::exchange(m_lines, {})});
}

AnswerShape CommandQueue::awaited() const
{
    return isAwaiting() ? m_entries.front().shape : AnswerShape::None;
}

QString CommandQueue::awaitedName() const
{
    return isAwaiting() ? QString(m_entries.front().name) : QString();
}

std::vector<Reply> CommandQueue::takeAll()
{
    std::vector<Reply> replies;
    replies.reserve(m_entries.size());
    for (auto &entry : m_entries)
        replies.push_back(std::move(entry.reply));
    *this = {};
    return replies;
}

Expected<std::optional<CommandQueue::Done>> CommandQueue::finish(Expected<Answer> answer)
{
    if (!isAwaiting())
        return fail(ErrorKind::BackendMismatch, u"the server answered a command that nobody sent"_s);
    Done done{std::move(m_entries.front().reply), std::move(answer)};
    m_entries.pop_front();
    --m_sent;
    m_lines.clear();
    return std::optional(std::move(done));
}

} // namespace interlock::openvpn
