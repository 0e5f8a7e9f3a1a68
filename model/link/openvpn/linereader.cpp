// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/link/openvpn/linereader.h"

#include <cstring>
#include <utility>

namespace interlock::openvpn {

namespace {

constexpr std::string_view kPrompt = "ENTER PASSWORD:";

} // namespace

void LineReader::append(QByteArrayView chunk)
{
    const auto rest = size();
    if (m_begin > 0) {
        // The rest came with the last chunk, or else it would have been read: so every byte is moved once.
        std::memmove(m_buffer.data(), m_buffer.constData() + m_begin, static_cast<std::size_t>(rest));
        m_buffer.resize(rest);
        m_scanned -= m_begin;
        m_begin = 0;
    }
    m_buffer.append(chunk);
}

std::optional<LineReader::Line> LineReader::next()
{
    while (true) {
        const char *bytes = m_buffer.constData();
        if (!m_isSkipping && std::string_view(bytes + m_begin, static_cast<std::size_t>(size())).starts_with(kPrompt)) {
            m_begin += static_cast<qsizetype>(kPrompt.size());
            m_scanned = m_begin;
            return Line{Kind::PasswordPrompt};
        }
        const auto unscanned = static_cast<std::size_t>(m_buffer.size() - m_scanned);
        const auto *end =
            unscanned ? static_cast<const char *>(std::memchr(bytes + m_scanned, '\n', unscanned)) : nullptr;
        if (!end) {
            m_scanned = m_buffer.size();
            if (m_isSkipping) {
                m_begin = m_scanned;
                return std::nullopt;
            }
            if (size() <= kMaxLine + 1) // the one above may be a CR
                return std::nullopt;
            m_isSkipping = true;
            m_begin = m_scanned;
            return Line{Kind::TooLong};
        }
        std::string_view text(bytes + m_begin, static_cast<std::size_t>(end - bytes - m_begin));
        m_begin = end - bytes + 1;
        m_scanned = m_begin;
        if (std::exchange(m_isSkipping, false))
            continue;
        if (text.ends_with('\r'))
            text.remove_suffix(1);
        if (text.size() > static_cast<std::size_t>(kMaxLine))
            return Line{Kind::TooLong};
        return Line{Kind::Text, text};
    }
}

void LineReader::clear()
{
    m_buffer.clear();
    m_begin = 0;
    m_scanned = 0;
    m_isSkipping = false;
}

} // namespace interlock::openvpn
