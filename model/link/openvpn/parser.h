// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/link/openvpn/event.h"
#include "model/link/openvpn/linereader.h"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace interlock::openvpn {

/// What the answer to a command looks like.
enum class AnswerShape : std::uint8_t {
    None,       ///< the server says nothing
    SingleLine, ///< SUCCESS or ERROR
    MultiLine   ///< lines and END, or ERROR
};

/// Lines of a management interface to events. No input or output, no clock.
///
/// A client's block (`>CLIENT:CONNECT` and its ENV lines) is one event, when it has ended. Real-time lines of other
/// kinds may come inside a block (never seen: FACTS 20); another client line means that the block was cut off.
class Parser
{
public:
    /// What unprefixed lines belong to: the answer of the command that is next in turn.
    void expect(AnswerShape shape) { m_shape = shape; }

    /// Appends the events of `line` to `events`: none inside a block, two when a line shows that a block was cut off.
    void read(const LineReader::Line &line, std::vector<Event> &events);

    /// True between the head of a client's block and its end.
    [[nodiscard]] bool isInBlock() const { return m_block != BlockKind::None && m_block != BlockKind::Stray; }

    /// Forgets an open block, for a new connection.
    void clear();

private:
    enum class BlockKind : std::uint8_t { None, Connect, Reauth, Established, Disconnect, CrResponse, Stray };

    void readNotification(std::string_view text, std::vector<Event> &events);
    void readClient(std::string_view text, std::vector<Event> &events);
    void readEnvironment(std::string_view text, std::vector<Event> &events);
    void openBlock(BlockKind kind, bool hasKey, std::string_view ids, std::vector<Event> &events);
    [[nodiscard]] Event closeBlock();
    void readAnswer(std::string_view text, std::vector<Event> &events) const;

    AnswerShape m_shape = AnswerShape::None;
    BlockKind m_block = BlockKind::None;
    ClientId m_cid;
    KeyId m_kid;
    ClientEnvironment m_env;
};

/// A line of the answer to `state`, which is `>STATE:` without its head.
[[nodiscard]] std::optional<StateChanged> parseState(std::string_view text);

} // namespace interlock::openvpn
