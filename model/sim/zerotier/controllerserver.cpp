// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/sim/zerotier/controllerserver.h"

#include <algorithm>

namespace interlock {

ControllerServer::ControllerServer(ControllerOptions options)
    : m_api(std::move(options)), m_central(m_api), m_http(this)
{
    m_http.onRequest = [this](HttpConnection *connection, const HttpRequest &request) { meet(connection, request); };
}

bool ControllerServer::listen(quint16 port)
{
    const ControllerOptions &options = m_api.options();
    m_http.manners = {options.requestsPerConnection, options.readTimeout, options.keepAliveTimeout};
    m_http.threads = options.threads;
    m_http.backlog = options.backlog;
    if (!m_http.listen(port))
        return false;
    m_api.setPort(m_http.port());
    return true;
}

std::size_t ControllerServer::see(const HttpRequest &request)
{
    m_mostInFlight = std::max(m_mostInFlight, ++m_inFlight);
    if (ControllerApi::isWrite(request))
        m_mostWritesAtOnce = std::max(m_mostWritesAtOnce, ++m_writes[request.path.toLower()]);
    m_seen.push_back({request.method, request.path, request.target, request.headers, request.body, 0, m_inFlight});
    return m_forgotten + m_seen.size() - 1;
}

void ControllerServer::unsee(const Task &task, int status)
{
    --m_inFlight;
    if (ControllerApi::isWrite(task.request))
        --m_writes[task.request.path.toLower()];
    if (task.number >= m_forgotten)
        m_seen[task.number - m_forgotten].status = status;
}

void ControllerServer::meet(HttpConnection *connection, const HttpRequest &request)
{
    Task task{connection, request, m_faults.take(request), {}, see(request)};
    if (task.fault && task.fault->kind == Fault::Kind::Reset) {
        unsee(task, 0);
        return connection->reset();
    }
    if (task.fault && task.fault->kind == Fault::Kind::Status) {
        const QByteArray type = task.fault->body.isEmpty() ? QByteArray() : QByteArray("application/json");
        task.answer = [reply = HttpReply{task.fault->status, task.fault->body, type, task.fault->headers}](bool) {
            return reply;
        };
    } else {
        task.answer = m_api.options().isCentral ? m_central.answer(request) : m_api.answer(request);
    }
    auto delay = task.fault ? task.fault->delay : std::chrono::milliseconds(0);
    if (ControllerApi::isWrite(request))
        delay += m_api.options().writeTime;
    if (delay.count() <= 0)
        return finish(task);
    QTimer::singleShot(delay, Qt::PreciseTimer, this, [this, task = std::move(task)] { finish(task); });
}

void ControllerServer::finish(const Task &task)
{
    const auto isFault = [&task](Fault::Kind kind) { return task.fault && task.fault->kind == kind; };
    const HttpReply reply = task.answer(!isFault(Fault::Kind::LostWrite));
    const bool isLost = isFault(Fault::Kind::LostReply);
    unsee(task, isLost || !task.connection ? 0 : reply.status);
    if (task.connection && isLost)
        task.connection->hangUp();
    else if (task.connection && isFault(Fault::Kind::HalfBody))
        task.connection->replyHalf(reply);
    else if (task.connection)
        task.connection->reply(reply);
    if (m_api.hasDevicesToAsk())
        QTimer::singleShot(m_api.options().askTime, this, [this] { m_api.devicesAskAgain(); });
}

void ControllerServer::forgetRequests()
{
    m_forgotten += m_seen.size();
    m_seen.clear();
    m_mostInFlight = m_inFlight;
    m_mostWritesAtOnce = 0;
    for (const auto &[path, count] : m_writes)
        m_mostWritesAtOnce = std::max(m_mostWritesAtOnce, count);
}

} // namespace interlock
