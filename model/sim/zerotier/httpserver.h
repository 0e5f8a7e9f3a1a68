// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/sim/zerotier/httpconnection.h"

#include <QTcpServer>

#include <deque>
#include <vector>

namespace interlock {

/// An HTTP server with a fixed number of threads, or what looks so from outside: a connection that is being served,
/// even one that says nothing, keeps its place until it ends, and those beyond them wait in the order in which they
/// came. \source zerotier/FACTS.md 8
class HttpServer : public QObject
{
public:
    explicit HttpServer(QObject *parent = nullptr);
    ~HttpServer() override;

    // Set before listen().
    std::function<void(HttpConnection *, const HttpRequest &)> onRequest;
    HttpManners manners;
    int threads = 8;
    int backlog = 5;

    /// \param port  0: any. \returns false when it is taken
    [[nodiscard]] bool listen(quint16 port);
    [[nodiscard]] quint16 port() const { return m_server.serverPort(); }
    /// Nobody listens, every connection ends.
    void close();
    /// Connections that are served, and that wait.
    [[nodiscard]] std::size_t served() const { return m_served.size(); }
    [[nodiscard]] std::size_t waiting() const { return m_waiting.size(); }

private:
    void meet(QTcpSocket *socket);
    void leave(HttpConnection *connection);
    void serveNext();

    QTcpServer m_server;
    std::vector<HttpConnection *> m_served;
    std::deque<HttpConnection *> m_waiting;
};

} // namespace interlock
