// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayList>
#include <QTcpSocket>

#include <optional>

namespace interlock {

/// What came back over a socket, as it came.
struct RawReply
{
    QByteArray statusLine;
    QByteArrayList headers;
    QByteArray body;

    [[nodiscard]] int status() const { return statusLine.mid(9, 3).toInt(); }
    [[nodiscard]] QByteArray header(const QByteArray &name) const
    {
        for (const QByteArray &line : headers) {
            if (line.startsWith(name + ": "))
                return line.mid(name.size() + 2);
        }
        return {};
    }
};

/// A client without any help: one socket, which waits in place. The server has to run in another thread.
class RawHttp
{
public:
    explicit RawHttp(quint16 port)
    {
        socket.connectToHost(QStringLiteral("127.0.0.1"), port);
        socket.waitForConnected(kPatience);
    }

    void send(const QByteArray &bytes)
    {
        socket.write(bytes);
        while (socket.bytesToWrite() > 0 && socket.waitForBytesWritten(kPatience)) {
        }
    }
    /// The next line, without its end; nothing when the connection ended before.
    std::optional<QByteArray> readLine()
    {
        while (!socket.canReadLine()) {
            if (!socket.waitForReadyRead(kPatience) && !socket.canReadLine())
                return std::nullopt;
        }
        return socket.readLine().trimmed();
    }
    /// A whole answer; nothing when the connection ended before.
    std::optional<RawReply> read(bool hasBody = true)
    {
        RawReply reply;
        const auto statusLine = readLine();
        if (!statusLine)
            return std::nullopt;
        reply.statusLine = *statusLine;
        for (auto line = readLine(); line && !line->isEmpty(); line = readLine())
            reply.headers += *line;
        const auto length = hasBody ? reply.header("Content-Length").toLongLong() : 0;
        while (reply.body.size() < length) {
            if (socket.bytesAvailable() == 0 && !socket.waitForReadyRead(kPatience))
                return std::nullopt;
            reply.body += socket.read(length - reply.body.size());
        }
        return reply;
    }
    std::optional<RawReply> ask(const QByteArray &bytes)
    {
        send(bytes);
        return read();
    }
    /// Whether the other side ended the connection.
    [[nodiscard]] bool isOver(int milliseconds = kPatience)
    {
        return socket.state() != QAbstractSocket::ConnectedState || socket.waitForDisconnected(milliseconds);
    }

    static constexpr int kPatience = 30000;
    QTcpSocket socket;
};

/// "POST /path HTTP/1.1" with the token, the headers and the body.
inline QByteArray rawRequest(const QByteArray &method, const QByteArray &path, const QByteArray &token,
                             const QByteArray &body = {}, const QByteArray &headers = {})
{
    QByteArray bytes = method + ' ' + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nX-ZT1-Auth: " + token + "\r\n" + headers;
    if (!body.isNull())
        bytes += "Content-Type: application/json\r\nContent-Length: " + QByteArray::number(body.size()) + "\r\n";
    return bytes + "\r\n" + body;
}

} // namespace interlock
