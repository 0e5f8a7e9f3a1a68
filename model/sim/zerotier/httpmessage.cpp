// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/sim/zerotier/httpmessage.h"

#include <QByteArrayList>

namespace interlock {

namespace {

QByteArray decoded(QByteArray text, bool isQuery)
{
    if (isQuery)
        text.replace('+', ' ');
    return QByteArray::fromPercentEncoding(text);
}

} // namespace

QByteArray HttpRequest::header(const QByteArray &lowerCaseName) const
{
    const auto found = headers.find(lowerCaseName);
    return found == headers.end() ? QByteArray() : found->second;
}

QByteArray statusLine(int status)
{
    static const std::map<int, QByteArray> words{
        {200, "OK"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {413, "Payload Too Large"},
        {414, "URI Too Long"},
        {429, "Too Many Requests"},
        {500, "Internal Server Error"},
        {502, "Bad Gateway"},
        {503, "Service Unavailable"},
        {504, "Gateway Timeout"},
    };
    const auto found = words.find(status);
    return QByteArray::number(status) + ' ' + (found == words.end() ? QByteArray("Status") : found->second);
}

std::optional<HttpRequest> parseHttpHead(const QByteArray &head)
{
    QByteArrayList lines = head.split('\n');
    for (QByteArray &line : lines) {
        if (line.endsWith('\r'))
            line.chop(1);
    }
    const QByteArrayList words = lines.takeFirst().split(' ');
    if (words.size() != 3 || (words[2] != "HTTP/1.1" && words[2] != "HTTP/1.0") || words[1].isEmpty())
        return std::nullopt;
    HttpRequest request;
    request.method = words[0];
    request.target = words[1];
    request.version = words[2];
    const auto mark = request.target.indexOf('?');
    request.path = decoded(mark < 0 ? request.target : request.target.left(mark), false);
    if (mark >= 0) {
        for (const QByteArray &pair : request.target.mid(mark + 1).split('&')) {
            const auto equals = pair.indexOf('=');
            request.query.try_emplace(decoded(equals < 0 ? pair : pair.left(equals), true),
                                      equals < 0 ? QByteArray() : decoded(pair.mid(equals + 1), true));
        }
    }
    for (const QByteArray &line : lines) {
        const auto colon = line.indexOf(':');
        if (colon > 0)
            request.headers.try_emplace(line.left(colon).toLower(), line.mid(colon + 1).trimmed());
    }
    return request;
}

std::optional<QByteArray> takeChunkedBody(QByteArray &bytes)
{
    QByteArray body;
    qsizetype at = 0;
    for (;;) {
        const auto lineEnd = bytes.indexOf("\r\n", at);
        if (lineEnd < 0)
            return std::nullopt;
        const QByteArray size = bytes.mid(at, lineEnd - at);
        const auto length = static_cast<qsizetype>(size.split(';').first().trimmed().toUInt(nullptr, 16));
        at = lineEnd + 2;
        if (bytes.size() < at + length + 2)
            return std::nullopt;
        body += bytes.mid(at, length);
        at += length + 2;
        if (length == 0)
            break;
    }
    bytes.remove(0, at);
    return body;
}

} // namespace interlock
