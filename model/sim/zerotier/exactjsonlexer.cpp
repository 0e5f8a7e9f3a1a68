// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/sim/zerotier/exactjsonlexer.h"

#include <QString>

namespace interlock {

using Token = ExactJsonLexer::Token;

int ExactJsonLexer::get()
{
    ++m_column;
    if (m_isUngot)
        m_isUngot = false;
    else
        m_current = m_at < m_text.size() ? static_cast<unsigned char>(m_text[m_at++]) : kEnd;
    if (m_current == '\n') {
        ++m_line;
        m_columnOfLastLine = m_column;
        m_column = 0;
    }
    return m_current;
}

void ExactJsonLexer::unget()
{
    m_isUngot = true;
    if (m_column > 0) {
        --m_column;
    } else if (m_line > 0) {
        --m_line;
        m_column = m_columnOfLastLine - 1;
    }
}

QByteArray ExactJsonLexer::readSoFar() const
{
    const qsizetype end = m_isUngot && m_current != kEnd ? m_at - 1 : m_at;
    return m_text.mid(m_begin, end - m_begin);
}

Token ExactJsonLexer::bad(const char *objection)
{
    m_objection = objection;
    return Token::Bad;
}

QByteArray ExactJsonLexer::lastRead() const
{
    QByteArray out;
    for (const char c : readSoFar()) {
        if (c >= 0 && c < 0x20)
            out += "<U+" + QByteArray::number(int(c), 16).rightJustified(4, '0').toUpper() + '>';
        else
            out += c;
    }
    return out;
}

QByteArray ExactJsonLexer::place() const
{
    return "line " + QByteArray::number(m_line + 1) + ", column " + QByteArray::number(m_column);
}

Token ExactJsonLexer::next()
{
    do {
        get();
    } while (m_current == ' ' || m_current == '\t' || m_current == '\n' || m_current == '\r');
    switch (m_current) {
    case '[':
        return Token::BeginArray;
    case ']':
        return Token::EndArray;
    case '{':
        return Token::BeginObject;
    case '}':
        return Token::EndObject;
    case ':':
        return Token::Colon;
    case ',':
        return Token::Comma;
    case 't':
        return scanLiteral("rue", true);
    case 'f':
        return scanLiteral("alse", false);
    case 'n':
        return scanLiteral("ull", ExactJson());
    case '"':
        return scanText();
    case kEnd:
        return Token::End;
    default:
        break;
    }
    if (m_current == '-' || (m_current >= '0' && m_current <= '9'))
        return scanNumber();
    return bad("invalid literal");
}

Token ExactJsonLexer::scanLiteral(const char *rest, ExactJson value)
{
    for (; *rest; ++rest) {
        if (get() != *rest)
            return bad("invalid literal");
    }
    m_value = std::move(value);
    return Token::Literal;
}

Token ExactJsonLexer::scanText()
{
    beginToken();
    QByteArray out;
    for (;;) {
        takePlainRun(out);
        const int c = get();
        if (c == kEnd)
            return bad("invalid string: missing closing quote");
        if (c == '"') {
            m_value = out;
            return Token::Text;
        }
        if (c == '\\') {
            if (scanEscape(out) == Token::Bad)
                return Token::Bad;
        } else if (c < 0x20) {
            const QByteArray code = QByteArray::number(c, 16).rightJustified(4, '0').toUpper();
            m_objection = "invalid string: control character U+" + code + " must be escaped to \\u" + code;
            return Token::Bad;
        } else if (c < 0x80) {
            out += static_cast<char>(c);
        } else if (!takeUtf8Tail(out)) {
            return bad("invalid string: ill-formed UTF-8 byte");
        }
    }
}

/// Takes what needs no thought at once: names of 20 MB were recorded.
void ExactJsonLexer::takePlainRun(QByteArray &out)
{
    qsizetype end = m_at;
    while (end < m_text.size() && m_text[end] >= 0x20 && m_text[end] < 0x7f && m_text[end] != '"' &&
           m_text[end] != '\\')
        ++end;
    if (end == m_at)
        return;
    out.append(m_text.constData() + m_at, end - m_at);
    m_column += end - m_at;
    m_current = m_text[end - 1];
    m_at = end;
}

/// The bytes of one character whose first is the current one.
bool ExactJsonLexer::takeUtf8Tail(QByteArray &out)
{
    const int lead = m_current;
    if (lead < 0xc2 || lead > 0xf4)
        return false;
    out += static_cast<char>(lead);
    int low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    int high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    for (int left = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1; left > 0; --left) {
        const int c = get();
        if (c < low || c > high)
            return false;
        out += static_cast<char>(c);
        low = 0x80;
        high = 0xbf;
    }
    return true;
}

Token ExactJsonLexer::scanEscape(QByteArray &out)
{
    switch (get()) {
    case '"':
    case '\\':
    case '/':
        out += static_cast<char>(m_current);
        return Token::Text;
    case 'b':
        out += '\b';
        return Token::Text;
    case 'f':
        out += '\f';
        return Token::Text;
    case 'n':
        out += '\n';
        return Token::Text;
    case 'r':
        out += '\r';
        return Token::Text;
    case 't':
        out += '\t';
        return Token::Text;
    case 'u':
        return scanUnicodeEscape(out);
    default:
        return bad("invalid string: forbidden character after backslash");
    }
}

int ExactJsonLexer::fourHexDigits()
{
    int code = 0;
    for (int i = 0; i < 4; ++i) {
        const int c = get();
        if (c >= '0' && c <= '9')
            code = code * 16 + c - '0';
        else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
            code = code * 16 + (c | 0x20) - 'a' + 10;
        else
            return -1;
    }
    return code;
}

Token ExactJsonLexer::scanUnicodeEscape(QByteArray &out)
{
    constexpr const char *kNoHex = "invalid string: '\\u' must be followed by 4 hex digits";
    constexpr const char *kNoPair = "invalid string: surrogate U+D800..U+DBFF must be followed by U+DC00..U+DFFF";
    const int first = fourHexDigits();
    if (first < 0)
        return bad(kNoHex);
    if (first >= 0xdc00 && first <= 0xdfff)
        return bad("invalid string: surrogate U+DC00..U+DFFF must follow U+D800..U+DBFF");
    if (first < 0xd800 || first > 0xdbff) {
        out += QString(QChar(static_cast<char16_t>(first))).toUtf8();
        return Token::Text;
    }
    if (get() != '\\' || get() != 'u')
        return bad(kNoPair);
    const int second = fourHexDigits();
    if (second < 0)
        return bad(kNoHex);
    if (second < 0xdc00 || second > 0xdfff)
        return bad(kNoPair);
    const char16_t pair[] = {static_cast<char16_t>(first), static_cast<char16_t>(second)};
    out += QStringView(pair, 2).toUtf8();
    return Token::Text;
}

/// Takes digits from the next character on. \returns how many
int ExactJsonLexer::scanDigits()
{
    int count = 0;
    while (get() >= '0' && m_current <= '9')
        ++count;
    unget();
    return count;
}

Token ExactJsonLexer::scanNumber()
{
    beginToken();
    const bool isNegative = m_current == '-';
    if (isNegative && (get() < '0' || m_current > '9'))
        return bad("invalid number; expected digit after '-'");
    if (m_current != '0')
        scanDigits();
    bool isFraction = false;
    if (get() == '.') {
        isFraction = true;
        if (scanDigits() == 0) {
            get();
            return bad("invalid number; expected digit after '.'");
        }
        get();
    }
    if (m_current == 'e' || m_current == 'E') {
        isFraction = true;
        const int sign = get();
        if (sign != '+' && sign != '-' && (sign < '0' || sign > '9'))
            return bad("invalid number; expected '+', '-', or digit after exponent");
        const bool hasSign = sign == '+' || sign == '-';
        if (scanDigits() == 0 && hasSign) {
            get();
            return bad("invalid number; expected digit after exponent sign");
        }
        get();
    }
    unget();
    const QByteArray digits = readSoFar();
    bool isWhole = false;
    if (!isFraction && isNegative)
        m_value = ExactJson(digits.toLongLong(&isWhole));
    else if (!isFraction)
        m_value = ExactJson(digits.toULongLong(&isWhole));
    if (!isWhole)
        m_value = ExactJson(digits.toDouble());
    return Token::Number;
}

} // namespace interlock
