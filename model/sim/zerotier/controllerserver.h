// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/sim/zerotier/centralapi.h"
#include "model/sim/zerotier/controllerapi.h"
#include "model/sim/zerotier/faults.h"
#include "model/sim/zerotier/httpserver.h"

#include <QPointer>

namespace interlock {

/// A request that a controller double was sent.
struct SeenRequest
{
    QByteArray method;
    QByteArray path;                          ///< without the query
    QByteArray target;                        ///< with it
    std::map<QByteArray, QByteArray> headers; ///< names in lower case
    QByteArray body;
    int status = 0;   ///< of the answer; 0: none was sent, or not yet
    int inFlight = 0; ///< requests that were not answered when it came, with it

    friend bool operator==(const SeenRequest &, const SeenRequest &) = default;
};

/// The sockets and the answers of a controller double, with what goes wrong between them. Lives in one thread;
/// ControllerDouble is what a test talks to.
class ControllerServer : public QObject
{
public:
    explicit ControllerServer(ControllerOptions options);

    [[nodiscard]] bool listen(quint16 port);
    void close() { m_http.close(); }
    [[nodiscard]] quint16 port() const { return m_http.port(); }

    [[nodiscard]] ControllerApi &api() { return m_api; }
    [[nodiscard]] FaultList &faults() { return m_faults; }
    [[nodiscard]] const HttpServer &http() const { return m_http; }

    [[nodiscard]] const std::vector<SeenRequest> &requests() const { return m_seen; }
    [[nodiscard]] int mostInFlight() const { return m_mostInFlight; }
    [[nodiscard]] int mostWritesAtOnce() const { return m_mostWritesAtOnce; }
    void forgetRequests();

private:
    struct Task
    {
        QPointer<HttpConnection> connection;
        HttpRequest request;
        std::optional<Fault> fault;
        ControllerApi::Answer answer;
        std::size_t number = 0; ///< of all requests
    };

    void meet(HttpConnection *connection, const HttpRequest &request);
    std::size_t see(const HttpRequest &request);
    void finish(const Task &task);
    void unsee(const Task &task, int status);

    ControllerApi m_api;
    CentralApi m_central;
    FaultList m_faults;
    HttpServer m_http;
    std::vector<SeenRequest> m_seen;
    std::size_t m_forgotten = 0;
    int m_inFlight = 0;
    int m_mostInFlight = 0;
    std::map<QByteArray, int> m_writes; ///< in flight, by path
    int m_mostWritesAtOnce = 0;
};

} // namespace interlock
