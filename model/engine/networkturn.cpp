// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/engine/networkturn.h"

#include "model/commands/andthen.h"

#include <QTimer>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

/// What a keeper's signals are waited for with. It ends itself.
class Waiter : public QObject
{
public:
    using Give = std::function<void(Expected<std::unique_ptr<LeaseKeeper>>)>;

    Waiter(std::unique_ptr<LeaseKeeper> keeper, NetworkName network, std::chrono::milliseconds patience, Give give)
        : m_keeper(std::move(keeper)), m_network(std::move(network)), m_give(std::move(give))
    {
        connect(m_keeper.get(), &LeaseKeeper::acquired, this, [this] { end({}); });
        connect(&m_timer, &QTimer::timeout, this, [this] {
            const QString other = m_keeper->heldBy();
            end(fail(ErrorKind::LeaseHeld,
                     other.isEmpty()
                         ? u"network %1 could not be reserved for writing: the store did not answer in time"_s.arg(
                               m_network.toString())
                         : u"%2 is writing to network %1 just now; try again when it has finished"_s.arg(
                               m_network.toString(), other),
                     {{u"network"_s, m_network.toString()}, {u"holder"_s, other}}));
        });
        m_timer.setSingleShot(true);
        m_timer.start(patience);
        m_keeper->start();
    }

private:
    void end(const Expected<void> &outcome)
    {
        if (!m_give)
            return;
        const Give give = std::exchange(m_give, {});
        m_keeper->disconnect(this);
        m_timer.stop();
        deleteLater();
        if (outcome) {
            give(std::move(m_keeper));
        } else {
            m_keeper->stop();
            m_keeper.release()->deleteLater(); // it may be emitting
            give(fail(outcome.error()));
        }
    }

    std::unique_ptr<LeaseKeeper> m_keeper;
    NetworkName m_network;
    Give m_give;
    QTimer m_timer;
};

} // namespace

NetworkTurn::NetworkTurn(std::unique_ptr<LeaseKeeper> keeper, NetworkName network)
    : m_keeper(std::move(keeper)), m_network(std::move(network))
{
}

NetworkTurn::~NetworkTurn()
{
    m_keeper->stop();
}

QFuture<Expected<std::shared_ptr<NetworkTurn>>>
NetworkTurn::take(Leases &leases, const NetworkName &network, const QString &holder, std::chrono::milliseconds patience)
{
    const Answer<std::shared_ptr<NetworkTurn>> answer;
    auto keeper = std::make_unique<LeaseKeeper>(leases, LeaseKind::Network, network.toString(), holder);
    new Waiter(std::move(keeper), network, patience, [answer, network](Expected<std::unique_ptr<LeaseKeeper>> taken) {
        if (!taken)
            answer.give(fail(taken.error()));
        else
            answer.give(std::shared_ptr<NetworkTurn>(new NetworkTurn(*std::move(taken), network)));
    });
    return answer.future();
}

Expected<void> NetworkTurn::check() const
{
    if (m_keeper->lease() && m_keeper->isCertain())
        return {};
    return fail(ErrorKind::LeaseHeld,
                u"the right to write to network %1 was lost; nothing more is sent"_s.arg(m_network.toString()),
                {{u"network"_s, m_network.toString()}, {u"holder"_s, m_keeper->heldBy()}});
}

} // namespace interlock
