// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/sim/zerotier/controllerdouble.h"

#include "model/sim/zerotier/coercion.h"
#include "model/sim/zerotier/exactjsonreader.h"

#include <QJsonDocument>

#include <type_traits>

namespace interlock {

namespace {

quint64 numberOf(const auto &id)
{
    return hexNumber(id.toString().toUtf8());
}

QJsonObject objectOf(const QByteArray &text)
{
    return QJsonDocument::fromJson(text).object();
}

} // namespace

/// Runs `function` in the thread of the server, and waits for it.
template <typename Function>
auto ControllerDouble::run(Function function) const
{
    using Result = std::invoke_result_t<Function>;
    if (!m_thread || QThread::currentThread() == m_thread.get())
        return function();
    if constexpr (std::is_void_v<Result>) {
        QMetaObject::invokeMethod(m_server.get(), function, Qt::BlockingQueuedConnection);
    } else {
        Result result{};
        QMetaObject::invokeMethod(
            m_server.get(), [&] { result = function(); }, Qt::BlockingQueuedConnection);
        return result;
    }
}

ControllerDouble::ControllerDouble(ControllerOptions options, Lives lives)
    : m_token(options.token), m_isCentral(options.isCentral)
{
    m_server = std::make_unique<ControllerServer>(std::move(options));
    if (lives == Lives::InCallersThread)
        return;
    m_thread = std::make_unique<QThread>();
    m_server->moveToThread(m_thread.get());
    m_thread->start();
}

ControllerDouble::~ControllerDouble()
{
    if (!m_thread)
        return;
    stop();
    m_server.release()->deleteLater(); // by the thread, when it ends
    m_thread->quit();
    m_thread->wait();
}

bool ControllerDouble::listen(quint16 port)
{
    const quint16 taken =
        run([this, port] { return m_server->listen(port != 0 ? port : m_port) ? m_server->port() : quint16(0); });
    if (taken != 0)
        m_port = taken;
    return taken != 0;
}

QUrl ControllerDouble::url() const
{
    QUrl url;
    url.setScheme(QStringLiteral("http"));
    url.setHost(QStringLiteral("127.0.0.1"));
    url.setPort(m_port);
    if (m_isCentral)
        url.setPath(QStringLiteral("/api/v1"));
    return url;
}

void ControllerDouble::stop()
{
    run([this] { m_server->close(); });
}

bool ControllerDouble::restart()
{
    return run([this] {
        m_server->close();
        m_server->api().store().restart();
        return m_server->listen(m_port);
    });
}

void ControllerDouble::fail(Fault fault)
{
    run([&] { m_server->faults().add(std::move(fault)); });
}

void ControllerDouble::stopFailing()
{
    run([this] { m_server->faults().clear(); });
}

void ControllerDouble::change(const std::function<void(ControllerOptions &)> &how)
{
    run([&] { how(m_server->api().options()); });
}

void ControllerDouble::wipeNetwork(const NetworkId &network)
{
    run([&] { m_server->api().store().lose(numberOf(network)); });
}

bool ControllerDouble::join(const NetworkId &network, const NodeId &node, const QByteArray &identity)
{
    return run([&] { return m_server->api().deviceAsks(numberOf(network), numberOf(node), identity); });
}

void ControllerDouble::setPeers(std::vector<PeerRecord> peers)
{
    run([&] { m_server->api().setPeers(std::move(peers)); });
}

QByteArray ControllerDouble::editOutside(const NetworkId &network, const QByteArray &body)
{
    return run([&] { return m_server->api().postNetwork(numberOf(network), body).value_or(QByteArray()); });
}

QByteArray ControllerDouble::editOutside(const NetworkId &network, const NodeId &node, const QByteArray &body)
{
    return run([&] {
        const QByteArray record = m_server->api()
                                      .postMember(network.toString().toUtf8(), node.toString().toUtf8(), body)
                                      .value_or(QByteArray());
        m_server->api().devicesAskAgain();
        return record;
    });
}

bool ControllerDouble::deleteOutside(const NetworkId &network)
{
    return run([&] { return !m_server->api().store().erase(numberOf(network)).isEmpty(); });
}

bool ControllerDouble::deleteOutside(const NetworkId &network, const NodeId &node)
{
    return run([&] {
        auto *stored = m_server->api().store().findOrNull(numberOf(network));
        return stored && stored->members.erase(numberOf(node));
    });
}

bool ControllerDouble::put(const QByteArray &text)
{
    const auto record = readExactJson(text);
    const ExactJson *network = record ? record->findOrNull("nwid") : nullptr;
    const ExactJson *type = record ? record->findOrNull("objtype") : nullptr;
    const ExactJson *id = record ? record->findOrNull("id") : nullptr;
    if (!network || !type || !id)
        return false;
    const quint64 networkNumber = hexNumber(coercedText(*network, {}));
    return run([&] {
        NetworkStore &store = m_server->api().store();
        if (coercedText(*type, {}) == "network") {
            store.put(networkNumber, *record);
            return true;
        }
        auto *stored = store.findOrNull(networkNumber);
        if (stored)
            stored->members.put(hexNumber(coercedText(*id, {})), *record);
        return stored != nullptr;
    });
}

QByteArray ControllerDouble::networkText(const NetworkId &network) const
{
    return run([&] {
        const auto *stored = m_server->api().store().findOrNull(numberOf(network));
        return stored ? stored->text : QByteArray();
    });
}

QByteArray ControllerDouble::memberText(const NetworkId &network, const NodeId &node) const
{
    return run([&] {
        const auto *stored = m_server->api().store().findOrNull(numberOf(network));
        const auto *member = stored ? stored->members.findOrNull(numberOf(node)) : nullptr;
        return member ? member->text : QByteArray();
    });
}

QJsonObject ControllerDouble::network(const NetworkId &network) const
{
    return objectOf(networkText(network));
}

QJsonObject ControllerDouble::member(const NetworkId &network, const NodeId &node) const
{
    return objectOf(memberText(network, node));
}

std::vector<QByteArray> ControllerDouble::networkIds() const
{
    return run([this] {
        std::vector<QByteArray> ids;
        for (const auto &[id, network] : m_server->api().store().all())
            ids.push_back(networkIdText(id));
        return ids;
    });
}

std::vector<SeenRequest> ControllerDouble::requests() const
{
    return run([this] { return m_server->requests(); });
}

int ControllerDouble::mostInFlight() const
{
    return run([this] { return m_server->mostInFlight(); });
}

int ControllerDouble::mostWritesAtOnce() const
{
    return run([this] { return m_server->mostWritesAtOnce(); });
}

void ControllerDouble::forgetRequests()
{
    run([this] { m_server->forgetRequests(); });
}

std::size_t ControllerDouble::connections() const
{
    return run([this] { return m_server->http().served() + m_server->http().waiting(); });
}

} // namespace interlock
