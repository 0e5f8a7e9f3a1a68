// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/sim/zerotier/httpserver.h"

#include <QTcpSocket>

#include <algorithm>

namespace interlock {

HttpServer::HttpServer(QObject *parent) : QObject(parent), m_server(this)
{
    connect(&m_server, &QTcpServer::newConnection, this, [this] {
        while (auto *socket = m_server.nextPendingConnection())
            meet(socket);
    });
}

HttpServer::~HttpServer()
{
    close();
}

bool HttpServer::listen(quint16 port)
{
    m_server.setListenBacklogSize(backlog);
    return m_server.listen(QHostAddress::LocalHost, port);
}

void HttpServer::close()
{
    m_server.close();
    auto connections = std::exchange(m_served, {});
    for (auto *connection : std::exchange(m_waiting, {}))
        connections.push_back(connection);
    for (auto *connection : connections) {
        connection->onDone = nullptr;
        connection->reset();
        connection->deleteLater();
    }
}

void HttpServer::meet(QTcpSocket *socket)
{
    auto *connection = new HttpConnection(socket, manners, this);
    connection->onRequest = onRequest;
    connection->onDone = [this](HttpConnection *ended) { leave(ended); };
    m_waiting.push_back(connection);
    serveNext();
}

void HttpServer::leave(HttpConnection *connection)
{
    std::erase(m_served, connection);
    std::erase(m_waiting, connection);
    serveNext();
}

void HttpServer::serveNext()
{
    while (!m_waiting.empty() && m_served.size() < static_cast<std::size_t>(threads)) {
        HttpConnection *next = m_waiting.front();
        m_waiting.pop_front();
        m_served.push_back(next);
        next->serve();
    }
}

} // namespace interlock
