// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/sim/zerotier/exactjson.h"

namespace interlock {

/// Cuts a JSON text into tokens, and remembers for an error what a controller would quote.
class ExactJsonLexer
{
public:
    enum class Token {
        Literal, ///< true, false, null
        Text,
        Number,
        BeginArray,
        EndArray,
        BeginObject,
        EndObject,
        Colon,
        Comma,
        End,
        Bad,
    };

    explicit ExactJsonLexer(const QByteArray &text) : m_text(text) {}

    Token next();
    /// The value of the token that was last: of a literal, a text or a number.
    [[nodiscard]] ExactJson takeValue() { return std::exchange(m_value, {}); }
    /// What is wrong with the token that was last; empty unless that was Bad.
    [[nodiscard]] const QByteArray &objection() const { return m_objection; }
    /// What was read since the last text or number began, as a controller quotes it.
    [[nodiscard]] QByteArray lastRead() const;
    /// "line 1, column 13"; the end of the text counts as a column.
    [[nodiscard]] QByteArray place() const;

private:
    static constexpr int kEnd = -1;

    int get();
    void unget();
    void beginToken() { m_begin = m_at - 1; }
    /// What was read since the last text or number began.
    [[nodiscard]] QByteArray readSoFar() const;
    Token bad(const char *objection);
    Token scanLiteral(const char *rest, ExactJson value);
    Token scanText();
    void takePlainRun(QByteArray &out);
    Token scanEscape(QByteArray &out);
    Token scanUnicodeEscape(QByteArray &out);
    int fourHexDigits();
    bool takeUtf8Tail(QByteArray &out);
    Token scanNumber();
    int scanDigits();

    const QByteArray &m_text;
    qsizetype m_at = 0;
    qsizetype m_line = 0;
    qsizetype m_column = 0;
    qsizetype m_columnOfLastLine = 0;
    int m_current = kEnd;
    bool m_isUngot = false;
    qsizetype m_begin = 0; ///< of the last text or number
    ExactJson m_value;
    QByteArray m_objection;
};

} // namespace interlock
