// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <cstdint>
#include <optional>
#include <string_view>

namespace interlock::openvpn {

/// Cuts the bytes of a management interface into lines, however they were cut on the way: the same bytes give the same
/// lines. Holds at most one line and what was appended last, so memory is bounded as long as next() is called until it
/// has nothing.
///
/// \complexity linear in the bytes
/// \source openvpn/FACTS.md 14, 15
class LineReader
{
public:
    /// Bytes of the longest line, without its end.
    static constexpr qsizetype kMaxLine = 64 * 1024;

    enum class Kind : std::uint8_t {
        Text,
        PasswordPrompt, ///< `ENTER PASSWORD:`, which comes without a line end
        TooLong,        ///< a line above kMaxLine: skipped to its end, without text
    };

    struct Line
    {
        Kind kind = Kind::Text;
        std::string_view text = {}; ///< without LF or CRLF; valid until the next call of append(), next() or clear()

        friend bool operator==(const Line &, const Line &) = default;
    };

    /// Adds what was read from the socket.
    void append(QByteArrayView chunk);

    /// The next line that is complete.
    [[nodiscard]] std::optional<Line> next();

    /// Forgets everything, for a new connection.
    void clear();

    /// Bytes held.
    [[nodiscard]] qsizetype size() const { return m_buffer.size() - m_begin; }

private:
    QByteArray m_buffer;
    qsizetype m_begin = 0;   ///< of the line that is not yet read
    qsizetype m_scanned = 0; ///< no LF lies between m_begin and here
    bool m_isSkipping = false;
};

} // namespace interlock::openvpn
