// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayList>
#include <QDir>
#include <QFile>
#include <QString>
#include <QStringList>

#include <vector>

namespace interlock {

/// One request that a real controller was sent, and what it answered.
struct HttpExchange
{
    QString title;
    QByteArrayList requestHead;  ///< the request line and the headers, without line ends
    QByteArray requestBody;      ///< of a long one only the beginning, if requestLength says so
    qsizetype requestLength = 0; ///< of the body that was sent; that of requestBody if it is whole
    QByteArray preliminary;      ///< "HTTP/1.1 100 Continue", when that came first
    QByteArray statusLine;
    QByteArrayList headers;
    QByteArray body; ///< of a long one only the beginning, if bodyLength says so
    qsizetype bodyLength = 0;

    [[nodiscard]] bool hasWholeBody() const { return body.size() == bodyLength; }
};

namespace httptranscript {

/// Takes " ...[20792 bytes]" off the end of `body`. \returns the number, or the size when there is no such end
inline qsizetype takeLength(QByteArray &body)
{
    const auto mark = body.lastIndexOf(" ...[");
    if (mark < 0 || !body.endsWith(" bytes]"))
        return body.size();
    const auto length = body.mid(mark + 5, body.size() - mark - 5 - 7).toLongLong();
    body.truncate(mark);
    return length;
}

inline HttpExchange parseExchange(const QByteArray &text)
{
    HttpExchange exchange;
    const auto middle = text.indexOf("\n<<<\n");
    QByteArray request = text.left(middle);
    QByteArray reply = text.mid(middle + 5);
    exchange.title = QString::fromUtf8(request.left(request.indexOf('\n')));
    request.remove(0, request.indexOf('\n') + 1);
    while (request.startsWith("# "))
        request.remove(0, request.indexOf('\n') + 1);
    const auto requestHead = request.indexOf("\n\n");
    exchange.requestHead = (requestHead < 0 ? request.trimmed() : request.left(requestHead)).split('\n');
    exchange.requestBody = requestHead < 0 ? QByteArray() : request.mid(requestHead + 2);
    if (exchange.requestBody.endsWith('\n'))
        exchange.requestBody.chop(1);
    exchange.requestLength = takeLength(exchange.requestBody);
    if (reply.startsWith("HTTP/1.1 100 Continue\n\n")) {
        exchange.preliminary = "HTTP/1.1 100 Continue";
        reply.remove(0, exchange.preliminary.size() + 2);
    }
    const auto head = reply.indexOf("\n\n");
    exchange.headers = reply.left(head).split('\n');
    exchange.statusLine = exchange.headers.takeFirst();
    exchange.body = reply.mid(head + 2);
    if (exchange.body.endsWith('\n'))
        exchange.body.chop(1);
    exchange.bodyLength = takeLength(exchange.body);
    return exchange;
}

} // namespace httptranscript

/// Files of tests/fixtures/zerotier/transcripts that hold requests, by name.
inline QStringList httpTranscriptNames()
{
    return QDir(QStringLiteral(INTERLOCK_FIXTURES "/zerotier/transcripts")).entryList({QStringLiteral("*.http")});
}

/// What was asked and answered in `name`; empty if there is no such file.
inline std::vector<HttpExchange> readHttpTranscript(const QString &name)
{
    QFile file(QStringLiteral(INTERLOCK_FIXTURES "/zerotier/transcripts/") + name);
    std::vector<HttpExchange> exchanges;
    if (!file.open(QIODevice::ReadOnly))
        return exchanges;
    QByteArray text = '\n' + file.readAll();
    text.chop(1); // the line end behind the last answer
    for (auto at = text.indexOf("\n### "); at >= 0;) {
        const auto next = text.indexOf("\n### ", at + 1);
        exchanges.push_back(httptranscript::parseExchange(text.mid(at + 5, next < 0 ? -1 : next - at - 5)));
        at = next;
    }
    return exchanges;
}

} // namespace interlock
