// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/optionline.h"

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

enum class State { Between, Plain, DoubleQuoted, SingleQuoted };

bool isOptionBlank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/// The tokenizer's state between two characters.
class Splitter
{
public:
    /// Takes the next character. \returns false when a comment begins
    bool take(char c)
    {
        if (!m_escaped && c == '\\' && m_state != State::SingleQuoted) {
            m_escaped = true;
            return true;
        }
        const bool escaped = std::exchange(m_escaped, false);
        switch (m_state) {
        case State::Between:
            // OpenVPN looks for a comment before it looks at the backslash.
            if (c == '#' || c == ';')
                return false;
            begin(c, escaped);
            break;
        case State::Plain:
            isOptionBlank(c) && !escaped ? finish() : store(c, escaped);
            break;
        case State::DoubleQuoted:
            c == '"' && !escaped ? finish() : store(c, escaped);
            break;
        case State::SingleQuoted:
            c == '\'' ? finish() : store(c, false);
            break;
        }
        return true;
    }

    Expected<QStringList> result()
    {
        if (m_state == State::Plain)
            finish();
        if (m_badEscape)
            return fail(ErrorKind::Invalid, u"a backslash stands before something other than \\, \" or a blank"_s);
        if (m_hasControl)
            return fail(ErrorKind::Invalid, u"it contains a control character"_s);
        if (m_state != State::Between)
            return fail(ErrorKind::Invalid, u"a quotation is not closed"_s);
        if (m_words.size() > 16)
            return fail(ErrorKind::Limit, u"it has more than 16 words"_s);
        return m_words;
    }

private:
    void begin(char c, bool escaped)
    {
        if (isOptionBlank(c)) // also behind a backslash: OpenVPN drops both
            return;
        if (c == '"' && !escaped) {
            m_state = State::DoubleQuoted;
        } else if (c == '\'' && !escaped) {
            m_state = State::SingleQuoted;
        } else {
            m_state = State::Plain;
            store(c, escaped);
        }
    }

    void store(char c, bool escaped)
    {
        m_badEscape = m_badEscape || (escaped && c != '\\' && c != '"' && !isOptionBlank(c));
        m_hasControl = m_hasControl || (c >= 0 && c < 0x20 && c != '\t') || c == 0x7f;
        m_word += c;
    }

    void finish()
    {
        m_words += QString::fromUtf8(m_word);
        m_word.clear();
        m_state = State::Between;
    }

    State m_state = State::Between;
    bool m_escaped = false;
    bool m_badEscape = false;
    bool m_hasControl = false;
    QByteArray m_word;
    QStringList m_words;
};

} // namespace

Expected<QStringList> splitOptionLine(QByteArrayView line)
{
    if (line.size() > kMaxOptionLine)
        return fail(ErrorKind::Limit, u"it is longer than 254 bytes, and OpenVPN takes the rest for another line"_s);
    Splitter splitter;
    for (const char c : line) {
        if (!splitter.take(c))
            break;
    }
    return splitter.result();
}

} // namespace interlock
