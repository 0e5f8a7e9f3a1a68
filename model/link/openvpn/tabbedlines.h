// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace interlock::openvpn {

/// Reads a text line by line, and each line as fields between TABs, in one pass: 64 bytes at a time are asked where
/// their TABs and line ends are. Lines end with LF or CRLF.
///
/// \complexity linear in the bytes; nothing is copied
class TabbedLines
{
public:
    /// Fields of a line that are kept. Of a line with more, the last ones are left out, and size() is one more.
    static constexpr std::size_t kMost = 32;

    /// The text must outlive it.
    explicit TabbedLines(std::string_view text) : m_text(text) {}

    /// Goes to the next line. \returns false when there is none
    [[nodiscard]] bool next();

    /// The line, without its end.
    [[nodiscard]] std::string_view line() const { return m_text.substr(m_begin, m_end - m_begin); }
    /// Fields of the line: at least one, which may be empty.
    [[nodiscard]] std::size_t size() const { return m_count; }
    /// The field of that number; empty for one that is not kept or was never there.
    [[nodiscard]] std::string_view operator[](std::size_t field) const
    {
        return field < m_count && field < kMost
                   ? std::string_view(m_text.data() + m_begins[field], m_begins[field + 1] - m_begins[field] - 1)
                   : std::string_view();
    }

private:
    static constexpr std::size_t kBlock = 64;

    /// The place of the next TAB or LF at or after the last one; the end of the text when there is none.
    [[nodiscard]] std::size_t nextMark();
    /// Of the last block, which is shorter.
    [[nodiscard]] std::uint64_t marksOfRest() const;

    std::string_view m_text;
    std::size_t m_begin = 0; ///< of the line
    std::size_t m_end = 0;
    std::size_t m_after = 0;   ///< the next line begins there
    std::size_t m_block = 0;   ///< first byte that was not asked yet
    std::uint64_t m_marks = 0; ///< of the block before it, those that are not read yet
    std::size_t m_count = 0;
    std::array<std::size_t, kMost + 1> m_begins{}; ///< of each field, and one past the mark after the last
};

} // namespace interlock::openvpn
