// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/sim/zerotier/exactjsonreader.h"

#include "model/sim/zerotier/exactjsonlexer.h"

namespace interlock {

namespace {

using Token = ExactJsonLexer::Token;

const char *nameOf(Token token)
{
    switch (token) {
    case Token::Literal:
        return "true literal";
    case Token::Text:
        return "string literal";
    case Token::Number:
        return "number literal";
    case Token::BeginArray:
        return "'['";
    case Token::EndArray:
        return "']'";
    case Token::BeginObject:
        return "'{'";
    case Token::EndObject:
        return "'}'";
    case Token::Colon:
        return "':'";
    case Token::Comma:
        return "','";
    case Token::End:
        return "end of input";
    case Token::Bad:
        break;
    }
    return "<parse error>";
}

/// An array or an object whose end has not come yet.
struct Open
{
    bool isArray = true;
    ExactJson value;
    QByteArray key; ///< of the member that comes next
};

class Reader
{
public:
    explicit Reader(const QByteArray &text) : m_lexer(text) {}

    tl::expected<ExactJson, QByteArray> read()
    {
        next();
        while (beginValue()) {
            if (m_open.empty() && !isError()) {
                if (next() != Token::End)
                    object("value", "end of input");
                break;
            }
        }
        if (isError())
            return tl::unexpected<QByteArray>(m_error);
        return std::move(m_root);
    }

private:
    Token next() { return m_token = m_lexer.next(); }
    [[nodiscard]] bool isError() const { return !m_error.isEmpty(); }

    bool object(const char *context, const char *expected)
    {
        m_error = "[json.exception.parse_error.101] parse error at " + m_lexer.place() +
                  ": syntax error while parsing " + context + " - ";
        if (m_token == Token::Bad) {
            m_error += m_lexer.objection() + "; last read: '" + m_lexer.lastRead() + '\'';
        } else {
            QByteArray name = nameOf(m_token);
            if (m_token == Token::Literal) {
                const ExactJson value = m_lexer.takeValue();
                name = value.isNull() ? "null literal" : *value.boolOrNull() ? "true literal" : "false literal";
            }
            m_error += "unexpected " + name;
        }
        if (expected)
            m_error += QByteArray("; expected ") + expected;
        return false;
    }

    /// Takes the value that begins with the token at hand, and what follows it, up to the beginning of the next value.
    /// \returns false at the end, and at an error
    bool beginValue()
    {
        switch (m_token) {
        case Token::BeginArray:
            return open(true);
        case Token::BeginObject:
            return open(false);
        case Token::Literal:
        case Token::Text:
        case Token::Number:
            keep(m_lexer.takeValue());
            return m_open.empty() || afterValue();
        case Token::Bad:
            return object("value", nullptr);
        default:
            return object("value", "'[', '{', or a literal");
        }
    }

    bool open(bool isArray)
    {
        m_open.push_back({isArray, isArray ? ExactJson(ExactJson::Array()) : ExactJson(ExactJson::Object()), {}});
        next();
        if (isArray)
            return m_token == Token::EndArray ? close() : true;
        return m_token == Token::EndObject ? close() : takeKey();
    }

    bool takeKey()
    {
        if (m_token != Token::Text)
            return object("object key", "string literal");
        m_open.back().key = *m_lexer.takeValue().textOrNull();
        if (next() != Token::Colon)
            return object("object separator", "':'");
        next();
        return true;
    }

    bool close()
    {
        Open closed = std::move(m_open.back());
        m_open.pop_back();
        keep(std::move(closed.value));
        return m_open.empty() || afterValue();
    }

    bool afterValue()
    {
        // A loop in place of the call of close() that would be natural: brackets may close by the ten thousand.
        for (;;) {
            const bool isArray = m_open.back().isArray;
            if (next() == Token::Comma) {
                next();
                return isArray || takeKey();
            }
            if (m_token != (isArray ? Token::EndArray : Token::EndObject))
                return isArray ? object("array", "']'") : object("object", "'}'");
            Open closed = std::move(m_open.back());
            m_open.pop_back();
            keep(std::move(closed.value));
            if (m_open.empty())
                return true;
        }
    }

    void keep(ExactJson value)
    {
        if (m_open.size() > kKeptJsonDepth)
            return;
        if (m_open.empty())
            m_root = std::move(value);
        else if (m_open.back().isArray)
            m_open.back().value.arrayOrNull()->push_back(std::move(value));
        else
            m_open.back().value[m_open.back().key] = std::move(value);
    }

    ExactJsonLexer m_lexer;
    Token m_token = Token::End;
    std::vector<Open> m_open;
    ExactJson m_root;
    QByteArray m_error;
};

} // namespace

tl::expected<ExactJson, QByteArray> readExactJson(const QByteArray &text)
{
    return Reader(text).read();
}

} // namespace interlock
