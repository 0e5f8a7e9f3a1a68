// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/sim/zerotier/httpconnection.h"

#include <QTcpSocket>

#include <sys/socket.h>

namespace interlock {

namespace {

constexpr qsizetype kMaxTarget = 8192;
constexpr qsizetype kMaxForm = 8192;

bool hasBody(const QByteArray &method)
{
    return method == "POST" || method == "PUT" || method == "PATCH";
}

} // namespace

HttpConnection::HttpConnection(QTcpSocket *socket, HttpManners manners, QObject *parent)
    : QObject(parent), m_socket(socket), m_manners(manners)
{
    socket->setParent(this);
    m_timer.setParent(this);
    m_timer.setSingleShot(true);
    m_timer.setTimerType(Qt::PreciseTimer);
    connect(&m_timer, &QTimer::timeout, this, [this] { timeIsUp(); });
    connect(socket, &QTcpSocket::readyRead, this, [this] { proceed(); });
    connect(socket, &QTcpSocket::disconnected, this, [this] {
        done();
        deleteLater();
    });
}

void HttpConnection::serve()
{
    m_state = State::Head;
    m_timer.start(m_manners.keepAliveTimeout);
    proceed();
    if (m_socket->state() != QAbstractSocket::ConnectedState)
        done();
}

void HttpConnection::proceed()
{
    if (m_state == State::Waiting || m_state == State::Done)
        return;
    m_bytes += m_socket->readAll();
    if (m_state == State::Head && !m_bytes.isEmpty())
        takeHead();
    if (m_state == State::Body)
        takeBody();
}

void HttpConnection::takeHead()
{
    m_timer.start(m_manners.readTimeout);
    const auto end = m_bytes.indexOf("\r\n\r\n");
    if (end < 0)
        return;
    const auto request = parseHttpHead(m_bytes.left(end));
    m_bytes.remove(0, end + 4);
    if (!request)
        return refuse(400);
    m_request = *request;
    if (m_request.target.size() > kMaxTarget)
        return refuse(414);
    if (m_request.header("expect") == "100-continue")
        m_socket->write("HTTP/1.1 100 Continue\r\n\r\n");
    m_isChunked = m_request.header("transfer-encoding").toLower() == "chunked";
    bool isNumber = false;
    m_length = m_request.header("content-length").toLongLong(&isNumber);
    if (!isNumber)
        m_length = hasBody(m_request.method) ? -1 : 0;
    m_state = State::Body;
}

void HttpConnection::takeBody()
{
    m_timer.start(m_manners.readTimeout);
    if (m_isChunked) {
        auto body = takeChunkedBody(m_bytes);
        if (!body)
            return;
        m_request.body = std::move(*body);
    } else {
        if (m_length < 0 || m_bytes.size() < m_length)
            return;
        m_request.body = m_bytes.left(m_length);
        m_bytes.remove(0, m_length);
    }
    complete();
}

void HttpConnection::complete()
{
    m_timer.stop();
    m_state = State::Answering;
    // QNetworkAccessManager and curl say so when nobody told them a type. \source FACTS 10
    if (m_request.header("content-type").startsWith("application/x-www-form-urlencoded") &&
        m_request.body.size() > kMaxForm)
        return refuse(413);
    onRequest(this, m_request);
}

void HttpConnection::refuse(int status)
{
    m_timer.stop();
    m_state = State::Answering;
    reply({status});
}

void HttpConnection::timeIsUp()
{
    if (m_state == State::Head)
        return hangUp();
    if (m_state != State::Body)
        return;
    if (m_length >= 0 || m_isChunked)
        return refuse(400);
    m_request.body = std::exchange(m_bytes, {});
    complete();
}

QByteArray HttpConnection::headOf(const HttpReply &reply, bool isLast) const
{
    std::map<QByteArray, QByteArray> headers = reply.headers;
    headers["Content-Length"] = QByteArray::number(reply.body.size());
    if (!reply.contentType.isEmpty())
        headers["Content-Type"] = reply.contentType;
    if (isLast)
        headers["Connection"] = "close";
    else
        headers["Keep-Alive"] = "timeout=5, max=5";
    QByteArray head = "HTTP/1.1 " + statusLine(reply.status) + "\r\n";
    for (const auto &[name, value] : headers)
        head += name + ": " + value + "\r\n";
    return head + "\r\n";
}

void HttpConnection::reply(const HttpReply &reply)
{
    if (m_state != State::Answering)
        return;
    const QByteArray wish = m_request.header("connection").toLower();
    const bool isLast = ++m_answered >= m_manners.requestsPerConnection || wish == "close" ||
                        (m_request.version == "HTTP/1.0" && wish != "keep-alive");
    m_socket->write(headOf(reply, isLast));
    m_socket->flush(); // so that these are two segments: that is what makes it slow
    if (!reply.body.isEmpty() && m_request.method != "HEAD") {
        m_socket->write(reply.body);
        m_socket->flush();
    }
    if (isLast)
        return hangUp();
    m_request = {};
    m_state = State::Head;
    m_timer.start(m_manners.keepAliveTimeout);
    if (!m_bytes.isEmpty() || m_socket->bytesAvailable() > 0)
        QMetaObject::invokeMethod(
            this, [this] { proceed(); }, Qt::QueuedConnection);
}

void HttpConnection::replyHalf(const HttpReply &reply)
{
    if (m_state != State::Answering)
        return;
    m_socket->write(headOf(reply, false));
    m_socket->write(reply.body.left(reply.body.size() / 2));
    hangUp();
}

void HttpConnection::hangUp()
{
    done();
    m_socket->disconnectFromHost();
}

void HttpConnection::reset()
{
    done();
    const linger atOnce{1, 0};
    ::setsockopt(static_cast<int>(m_socket->socketDescriptor()), SOL_SOCKET, SO_LINGER, &atOnce, sizeof atOnce);
    m_socket->abort();
}

void HttpConnection::done()
{
    if (std::exchange(m_state, State::Done) == State::Done)
        return;
    m_timer.stop();
    if (onDone)
        onDone(this);
}

} // namespace interlock
