// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/link/openvpn/tabbedlines.h"

#include <algorithm>
#include <bit>
#include <cstring>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace interlock::openvpn {

namespace {

#ifdef __SSE2__

/// Which of sixteen bytes are TAB or LF: one bit each, the first byte in the lowest.
std::uint64_t marksOf16(const char *at)
{
    const auto bytes = _mm_loadu_si128(reinterpret_cast<const __m128i *>(at));
    const auto marks =
        _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('\t')), _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\n')));
    return static_cast<std::uint32_t>(_mm_movemask_epi8(marks));
}

#else

/// Which bytes of a word are zero: one bit each, the first byte in the lowest.
std::uint64_t zeroBytes(std::uint64_t word)
{
    static_assert(std::endian::native == std::endian::little);
    constexpr std::uint64_t kLow = 0x7f7f7f7f7f7f7f7fU;
    const std::uint64_t highest = ~(((word & kLow) + kLow) | word | kLow);
    return (highest >> 7U) * 0x0102040810204080U >> 56U;
}

std::uint64_t marksOf16(const char *at)
{
    std::uint64_t marks = 0;
    for (unsigned half = 0; half < 2; ++half) {
        std::uint64_t word = 0;
        std::memcpy(&word, at + 8 * half, sizeof word);
        marks |= (zeroBytes(word ^ 0x0909090909090909U) | zeroBytes(word ^ 0x0a0a0a0a0a0a0a0aU)) << 8U * half;
    }
    return marks;
}

#endif

inline std::uint64_t marksOf64(const char *at)
{
    return marksOf16(at) | marksOf16(at + 16) << 16U | marksOf16(at + 32) << 32U | marksOf16(at + 48) << 48U;
}

} // namespace

inline std::size_t TabbedLines::nextMark()
{
    while (m_marks == 0) {
        if (m_block >= m_text.size())
            return m_text.size();
        m_marks = m_text.size() - m_block >= kBlock ? marksOf64(m_text.data() + m_block) : marksOfRest();
        m_block += kBlock;
    }
    const auto mark = m_block - kBlock + static_cast<std::size_t>(std::countr_zero(m_marks));
    m_marks &= m_marks - 1;
    return mark;
}

std::uint64_t TabbedLines::marksOfRest() const
{
    std::array<char, kBlock> last{};
    std::memcpy(last.data(), m_text.data() + m_block, m_text.size() - m_block);
    return marksOf64(last.data());
}

bool TabbedLines::next()
{
    if (m_after >= m_text.size())
        return false;
    m_begin = m_after;
    m_begins[0] = m_begin;
    std::size_t count = 0;
    std::size_t mark = nextMark();
    for (; mark != m_text.size() && m_text[mark] == '\t'; mark = nextMark()) {
        if (++count <= kMost)
            m_begins[count] = mark + 1;
    }
    m_after = mark + 1;
    // A CR before the LF belongs to the end of the line.
    m_end = mark > m_begin && m_text[mark - 1] == '\r' ? mark - 1 : mark;
    if (++count <= kMost)
        m_begins[count] = m_end + 1;
    m_count = std::min(count, kMost + 1);
    return true;
}

} // namespace interlock::openvpn
