// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/link/openvpn/parser.h"

#include "model/link/openvpn/fields.h"

#include <algorithm>
#include <utility>

namespace interlock::openvpn {

using namespace Qt::StringLiterals;

namespace {

QString textOf(std::string_view text)
{
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

QByteArrayView viewOf(std::string_view text)
{
    return {text.data(), static_cast<qsizetype>(text.size())};
}

/// `text` without `head`, if it begins with it.
std::optional<std::string_view> after(std::string_view head, std::string_view text)
{
    return text.starts_with(head) ? std::optional(text.substr(head.size())) : std::nullopt;
}

Malformed malformed(const QString &what)
{
    return {what};
}

Info parseInfo(std::string_view text)
{
    constexpr std::string_view kWord = " Version ";
    Info info;
    const auto at = text.find(kWord);
    if (at != std::string_view::npos) {
        auto rest = text.substr(at + kWord.size());
        info.managementVersion = readNumber<int>(takeField(rest, ' ')).value_or(0);
    }
    return info;
}

Hold parseHold(std::string_view text)
{
    const auto seconds = readNumber<int>(text.substr(text.rfind(':') + 1));
    return {std::chrono::seconds(seconds.value_or(0))};
}

std::optional<LogLine> parseLog(std::string_view text)
{
    const auto time = readMoment(takeField(text, ','));
    if (!time)
        return std::nullopt;
    const auto flags = takeField(text, ',');
    return LogLine{*time, textOf(flags), textOf(text)};
}

std::optional<ByteCount> parseByteCount(std::string_view text)
{
    const auto cid = readNumber<qint64>(takeField(text, ','));
    const auto in = readNumber<quint64>(takeField(text, ','));
    const auto out = readNumber<quint64>(text);
    if (!cid || !in || !out)
        return std::nullopt;
    return ByteCount{ClientId{*cid}, *in, *out};
}

std::optional<ClientAddress> parseClientAddress(std::string_view text)
{
    const auto cid = readNumber<qint64>(takeField(text, ','));
    const auto prefix = readPrefix(takeField(text, ','));
    if (!cid || !prefix || (text != "0" && text != "1"))
        return std::nullopt;
    return ClientAddress{ClientId{*cid}, *prefix, text == "1"};
}

bool isKind(std::string_view text)
{
    return !text.empty() && text.size() <= 32 && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    });
}

template <typename T>
Event orMalformed(std::optional<T> event, const QString &what)
{
    return event ? Event(std::move(*event)) : Event(malformed(what));
}

} // namespace

std::optional<StateChanged> parseState(std::string_view text)
{
    const auto time = readMoment(takeField(text, ','));
    const auto name = takeField(text, ',');
    if (!time || name.empty())
        return std::nullopt;
    StateChanged state;
    state.time = *time;
    state.name = textOf(name);
    state.detail = textOf(takeField(text, ','));
    state.tunnelAddress = readAddress(takeField(text, ','));
    state.remoteAddress = readAddress(takeField(text, ','));
    state.remotePort = readNumber<std::uint16_t>(takeField(text, ',')).value_or(0);
    state.localAddress = readAddress(takeField(text, ','));
    state.localPort = readNumber<std::uint16_t>(takeField(text, ',')).value_or(0);
    state.tunnelAddress6 = readAddress(takeField(text, ','));
    return state;
}

void Parser::read(const LineReader::Line &line, std::vector<Event> &events)
{
    switch (line.kind) {
    case LineReader::Kind::PasswordPrompt:
        events.emplace_back(PasswordPrompt{});
        return;
    case LineReader::Kind::TooLong:
        m_env.markTruncated();
        events.emplace_back(malformed(u"a line above 64 KiB was skipped"_s));
        return;
    case LineReader::Kind::Text:
        break;
    }
    if (line.text.starts_with('>'))
        readNotification(line.text, events);
    else
        readAnswer(line.text, events);
}

void Parser::clear()
{
    m_shape = AnswerShape::None;
    m_block = BlockKind::None;
    m_env = {};
}

void Parser::readNotification(std::string_view text, std::vector<Event> &events)
{
    const auto colon = text.find(':');
    const auto kind = text.substr(1, colon - 1);
    if (colon == std::string_view::npos || !isKind(kind)) {
        events.emplace_back(malformed(u"a notification without a kind"_s));
        return;
    }
    const auto rest = text.substr(colon + 1);
    if (kind == "CLIENT")
        readClient(rest, events);
    else if (kind == "BYTECOUNT_CLI")
        events.push_back(orMalformed(parseByteCount(rest), u"BYTECOUNT_CLI that is not three numbers"_s));
    else if (kind == "LOG")
        events.push_back(orMalformed(parseLog(rest), u"LOG without a time"_s));
    else if (kind == "STATE")
        events.push_back(orMalformed(parseState(rest), u"STATE without a time and a name"_s));
    else if (kind == "HOLD")
        events.emplace_back(parseHold(rest));
    else if (kind == "INFO")
        events.emplace_back(parseInfo(rest));
    else
        events.emplace_back(Notification{QByteArray(kind.data(), static_cast<qsizetype>(kind.size())),
                                         kind == "FATAL" || kind == "NOTIFY" ? textOf(rest) : QString()});
}

void Parser::readClient(std::string_view text, std::vector<Event> &events)
{
    if (const auto variable = after("ENV,", text)) {
        readEnvironment(*variable, events);
        return;
    }
    if (m_block != BlockKind::None && m_block != BlockKind::Stray)
        events.emplace_back(malformed(u"the block of client %1 has no end"_s.arg(m_cid.value)));
    m_block = BlockKind::None;
    const auto verb = takeField(text, ',');
    if (verb == "ADDRESS")
        events.push_back(orMalformed(parseClientAddress(text), u"CLIENT:ADDRESS that is no address of a client"_s));
    else if (verb == "CONNECT")
        openBlock(BlockKind::Connect, true, text, events);
    else if (verb == "REAUTH")
        openBlock(BlockKind::Reauth, true, text, events);
    else if (verb == "ESTABLISHED")
        openBlock(BlockKind::Established, false, text, events);
    else if (verb == "DISCONNECT")
        openBlock(BlockKind::Disconnect, false, text, events);
    else if (verb == "CR_RESPONSE")
        openBlock(BlockKind::CrResponse, true, text, events);
    else {
        m_block = BlockKind::Stray; // its ENV lines, if it has any, are nobody's
        events.emplace_back(malformed(u"a CLIENT notification of an unknown kind"_s));
    }
}

void Parser::readEnvironment(std::string_view text, std::vector<Event> &events)
{
    if (text == "END") {
        if (m_block == BlockKind::None)
            events.emplace_back(malformed(u"the end of a block that did not begin"_s));
        else if (m_block != BlockKind::Stray)
            events.push_back(closeBlock());
        m_block = BlockKind::None;
        return;
    }
    if (m_block == BlockKind::None) {
        m_block = BlockKind::Stray;
        events.emplace_back(malformed(u"an environment outside of a block"_s));
    }
    if (m_block == BlockKind::Stray)
        return;
    const auto name = text.substr(0, text.find('='));
    m_env.add(viewOf(name), viewOf(text.substr(std::min(name.size() + 1, text.size()))));
}

void Parser::openBlock(BlockKind kind, bool hasKey, std::string_view ids, std::vector<Event> &events)
{
    const auto cid = readNumber<qint64>(takeField(ids, ','));
    const auto kid = hasKey ? readNumber<qint64>(takeField(ids, ',')) : std::optional<qint64>(0);
    if (!cid || !kid) {
        m_block = BlockKind::Stray;
        events.emplace_back(malformed(u"a CLIENT notification without its numbers"_s));
        return;
    }
    m_block = kind;
    m_cid = {*cid};
    m_kid = {*kid};
    m_env = {};
}

Event Parser::closeBlock()
{
    auto env = std::exchange(m_env, {});
    switch (m_block) {
    case BlockKind::Connect:
        return ClientConnected{m_cid, m_kid, std::move(env)};
    case BlockKind::Reauth:
        return ClientReauth{m_cid, m_kid, std::move(env)};
    case BlockKind::CrResponse:
        return ClientCrResponse{m_cid, m_kid, std::move(env)};
    case BlockKind::Established:
        return ClientEstablished{m_cid, std::move(env)};
    case BlockKind::Disconnect:
    case BlockKind::None:
    case BlockKind::Stray:
        break;
    }
    return ClientDisconnected{m_cid, std::move(env)};
}

void Parser::readAnswer(std::string_view text, std::vector<Event> &events) const
{
    const auto trimmed = [](std::string_view words) { return textOf(words.substr(words.starts_with(' ') ? 1 : 0)); };
    if (const auto error = after("ERROR:", text)) {
        events.emplace_back(Failure{trimmed(*error)});
    } else if (m_shape == AnswerShape::MultiLine) {
        if (text == "END")
            events.emplace_back(AnswerEnd{});
        else
            events.emplace_back(AnswerLine{QByteArray(text.data(), static_cast<qsizetype>(text.size()))});
    } else if (const auto success = after("SUCCESS:", text)) {
        events.emplace_back(Success{trimmed(*success)});
    } else if (!text.empty()) {
        events.emplace_back(malformed(u"text that answers no command"_s));
    }
}

} // namespace interlock::openvpn
