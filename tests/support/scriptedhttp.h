// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayList>
#include <QFile>
#include <QHash>
#include <QObject>
#include <QPointer>
#include <QString>
#include <QTcpServer>
#include <QTcpSocket>
#include <QUrl>

#include <algorithm>
#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include <sys/socket.h>

namespace interlock {

/// One request as it came, byte for byte.
struct HttpRequest
{
    QByteArray line;    ///< "GET /status"
    QByteArray headers; ///< with the line ends
    QByteArray body;

    /// The value of the header `name`; null when there is none.
    [[nodiscard]] QByteArray header(const QByteArray &name) const
    {
        for (const QByteArray &each : headers.split('\n')) {
            const auto colon = each.indexOf(':');
            if (colon > 0 && each.left(colon).compare(name, Qt::CaseInsensitive) == 0)
                return each.mid(colon + 1).trimmed();
        }
        return {};
    }
};

/// What a server does with one request.
struct HttpAnswer
{
    enum class Manner {
        Whole, ///< the head, then the body, then the end of the connection, as zerotier-one 1.14.1 does
        Cut,   ///< half of the body, then the end
        Lost,  ///< the end, without a byte
        Reset, ///< the end by RST
        Never, ///< nothing at all
        Held,  ///< whole, when ScriptedHttp::release() says so
    };

    QByteArray bytes;
    Manner manner = Manner::Whole;

    /// An answer with `body`.
    static HttpAnswer of(const QByteArray &body, const QByteArray &status = "200 OK", const QByteArray &headers = {})
    {
        return {"HTTP/1.1 " + status + "\r\nContent-Length: " + QByteArray::number(body.size()) +
                "\r\nContent-Type: application/json\r\n" + headers + "Keep-Alive: timeout=5, max=5\r\n\r\n" + body};
    }
    static HttpAnswer notFound() { return of({}, "404 Not Found"); }
    [[nodiscard]] HttpAnswer in(Manner how) const
    {
        HttpAnswer changed = *this;
        changed.manner = how;
        return changed;
    }
};

/// The answer that was recorded under the title `title` in a transcript of tests/fixtures/zerotier, as it went over the
/// wire. Empty when there is none, or when the transcript holds it shortened.
inline HttpAnswer recorded(const QString &transcript, const QByteArray &title)
{
    QFile file(QStringLiteral(INTERLOCK_FIXTURES "/zerotier/transcripts/") + transcript);
    if (!file.open(QIODevice::ReadOnly))
        return {};
    const QByteArray all = '\n' + file.readAll();
    const auto at = all.indexOf("\n### " + title + '\n');
    const auto answer = at < 0 ? -1 : all.indexOf("\n<<<\n", at);
    const auto body = answer < 0 ? -1 : all.indexOf("\n\n", answer);
    if (body < 0)
        return {};
    QByteArray head = all.mid(answer + 5, body - answer - 5);
    const QByteArray announced = HttpRequest{{}, head, {}}.header("Content-Length");
    const auto next = all.indexOf("\n\n### ", body);
    const QByteArray said = all.mid(body + 2, (next < 0 ? all.size() - 1 : next) - body - 2);
    if (said.contains(" ...["))
        return {};
    // A path or a token in it was replaced, maybe, by one of another length.
    head.replace("Content-Length: " + announced, "Content-Length: " + QByteArray::number(said.size()));
    return {head.replace("\n", "\r\n") + "\r\n\r\n" + said};
}

/// A web server of a controller's manners for tests: what is expected is answered as it was told, in order.
class ScriptedHttp
{
public:
    ScriptedHttp()
    {
        QObject::connect(&m_server, &QTcpServer::newConnection, &m_context, [this] {
            while (auto *socket = m_server.nextPendingConnection())
                meet(socket);
        });
        m_server.listen(QHostAddress::LocalHost);
    }
    ~ScriptedHttp() { stop(); }
    ScriptedHttp(const ScriptedHttp &) = delete;
    ScriptedHttp &operator=(const ScriptedHttp &) = delete;

    [[nodiscard]] QUrl url() const
    {
        return QUrl(QStringLiteral("http://127.0.0.1:%1").arg(m_server.serverPort() ? m_server.serverPort() : m_port));
    }
    /// Nobody listens any more; what is under way ends.
    void stop()
    {
        m_port = m_server.serverPort();
        m_server.close();
        for (const auto &socket : std::exchange(m_sockets, {})) {
            if (socket) {
                socket->disconnect(&m_context);
                socket->abort();
                socket->deleteLater();
            }
        }
    }

    /// Answers the next request `line` ("GET /status") that has no answer yet. The last one stands for all that follow.
    ScriptedHttp &on(const QByteArray &line, const HttpAnswer &answer)
    {
        m_script[line].push_back(answer);
        return *this;
    }
    /// Answers everything that on() was not told of; 404 when this is not set.
    std::function<HttpAnswer(const HttpRequest &)> otherwise;

    /// Answers what is held, oldest first; all when `most` is -1.
    void release(qsizetype most = -1)
    {
        while (most-- != 0 && !m_held.empty()) {
            const auto [socket, answer] = m_held.front();
            m_held.pop_front();
            finish(socket, answer);
        }
    }

    [[nodiscard]] const std::vector<HttpRequest> &requests() const { return m_requests; }
    /// The lines of all requests, in order.
    [[nodiscard]] QByteArrayList lines() const
    {
        QByteArrayList lines;
        for (const HttpRequest &request : m_requests)
            lines += request.line;
        return lines;
    }
    [[nodiscard]] qsizetype held() const { return static_cast<qsizetype>(m_held.size()); }
    /// The most requests that were unanswered at the same time.
    [[nodiscard]] int mostAtOnce() const { return m_mostAtOnce; }
    /// Told of each request before it is answered.
    std::function<void(const HttpRequest &)> onRequest;

private:
    using Socket = QPointer<QTcpSocket>;

    void meet(QTcpSocket *socket)
    {
        m_sockets.push_back(socket);
        const auto buffer = std::make_shared<QByteArray>();
        QObject::connect(socket, &QTcpSocket::readyRead, &m_context, [this, socket, buffer] {
            *buffer += socket->readAll();
            const auto end = buffer->indexOf("\r\n\r\n");
            if (end < 0)
                return;
            HttpRequest request;
            const auto lineEnd = buffer->indexOf("\r\n");
            request.line = buffer->left(buffer->lastIndexOf(' ', lineEnd - 1));
            request.headers = buffer->mid(lineEnd + 2, end - lineEnd);
            request.body = buffer->mid(end + 4);
            if (request.body.size() < request.header("Content-Length").toLongLong())
                return;
            buffer->clear();
            ++m_unanswered;
            m_mostAtOnce = std::max(m_mostAtOnce, m_unanswered);
            m_requests.push_back(request);
            if (onRequest)
                onRequest(request);
            HttpAnswer reply = answerTo(request);
            // What the recorded ones would have said, had curl asked for it.
            if (request.header("Connection") == "close")
                reply.bytes.replace("Keep-Alive: timeout=5, max=5", "Connection: close");
            answer(socket, reply);
        });
        QObject::connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
    }
    /// Closes by RST, as the kernel does for a process that died with unread bytes.
    static void resetConnection(QTcpSocket &socket)
    {
        const linger now{1, 0};
        ::setsockopt(static_cast<int>(socket.socketDescriptor()), SOL_SOCKET, SO_LINGER, &now, sizeof now);
        socket.abort();
    }
    HttpAnswer answerTo(const HttpRequest &request)
    {
        if (const auto found = m_script.find(request.line); found != m_script.end()) {
            const HttpAnswer answer = found->front();
            if (found->size() > 1)
                found->pop_front();
            return answer;
        }
        return otherwise ? otherwise(request) : HttpAnswer::notFound();
    }
    void answer(const Socket &socket, const HttpAnswer &answer)
    {
        if (answer.manner == HttpAnswer::Manner::Held)
            m_held.push_back({socket, answer});
        else if (answer.manner != HttpAnswer::Manner::Never)
            finish(socket, answer);
    }
    void finish(const Socket &socket, const HttpAnswer &answer)
    {
        --m_unanswered;
        if (!socket)
            return;
        if (answer.manner == HttpAnswer::Manner::Reset) {
            resetConnection(*socket);
            return;
        }
        if (answer.manner != HttpAnswer::Manner::Lost) {
            const auto head = answer.bytes.indexOf("\r\n\r\n") + 4;
            const bool isCut = answer.manner == HttpAnswer::Manner::Cut;
            socket->write(answer.bytes.left(head));
            socket->flush();
            socket->write(answer.bytes.mid(head, isCut ? (answer.bytes.size() - head) / 2 : -1));
        }
        socket->disconnectFromHost();
    }

    QObject m_context;
    QTcpServer m_server;
    quint16 m_port = 0;
    QHash<QByteArray, std::deque<HttpAnswer>> m_script;
    std::vector<HttpRequest> m_requests;
    std::vector<Socket> m_sockets;
    std::deque<std::pair<Socket, HttpAnswer>> m_held;
    int m_unanswered = 0;
    int m_mostAtOnce = 0;
};

} // namespace interlock
