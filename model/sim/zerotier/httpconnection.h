// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/sim/zerotier/httpmessage.h"

#include <QObject>
#include <QTimer>

#include <chrono>
#include <functional>
#include <memory>

class QTcpSocket;

namespace interlock {

/// How a server treats its connections.
struct HttpManners
{
    int requestsPerConnection = 5;
    std::chrono::milliseconds readTimeout{5000};
    std::chrono::milliseconds keepAliveTimeout{5000};
};

/// One connection of a controller's HTTP server, with its bad manners: the header and the body of an answer are two
/// writes without TCP_NODELAY, which costs 42 ms on a connection that is kept; a POST without a length is complete when
/// nothing has come for readTimeout; a form of more than 8192 bytes is refused.
/// \source zerotier/FACTS.md 5, 8 to 11
class HttpConnection : public QObject
{
public:
    /// \param socket  is taken over
    HttpConnection(QTcpSocket *socket, HttpManners manners, QObject *parent);

    // Set before serve().
    std::function<void(HttpConnection *, const HttpRequest &)> onRequest; ///< is answered by one of the calls below
    /// It is of no use any more: the place that it took is free. Called once; the connection deletes itself.
    std::function<void(HttpConnection *)> onDone;

    /// Begins to read. Until then the connection is only there, and time does not count.
    void serve();

    // One of them for each request.
    void reply(const HttpReply &reply);
    void replyHalf(const HttpReply &reply); ///< the header, half of the body, the end
    void hangUp();                          ///< the end, without a byte
    void reset();                           ///< the end by RST

private:
    enum class State { Waiting, Head, Body, Answering, Done };

    void proceed();
    void takeHead();
    void takeBody();
    void complete();
    void refuse(int status);
    void timeIsUp();
    [[nodiscard]] QByteArray headOf(const HttpReply &reply, bool isLast) const;
    void done();

    QTcpSocket *m_socket;
    HttpManners m_manners;
    QTimer m_timer;
    State m_state = State::Waiting;
    QByteArray m_bytes;
    HttpRequest m_request;
    qsizetype m_length = -1; ///< of the body; -1: until nothing comes any more
    bool m_isChunked = false;
    int m_answered = 0;
};

} // namespace interlock
