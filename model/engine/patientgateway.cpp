// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/engine/patientgateway.h"

#include "model/commands/whendone.h"

#include <utility>

using namespace Qt::StringLiterals;

namespace interlock {

PatientGateway::PatientGateway(CommandGateway &gateway, std::chrono::milliseconds patience) : m_gateway(gateway)
{
    m_patience.setSingleShot(true);
    m_patience.setInterval(patience);
    connect(&m_patience, &QTimer::timeout, this, &PatientGateway::giveUp);
}

QFuture<Expected<Receipt>> PatientGateway::submit(Submission submission)
{
    const quint64 number = ++m_last;
    auto promise = std::make_unique<Promise>();
    promise->start();
    const QFuture<Expected<Receipt>> future = promise->future();
    m_waiting.emplace(number, std::move(promise));
    if (!m_patience.isActive())
        m_patience.start();
    whenDone(m_gateway.submit(std::move(submission)), this, [this, number](Expected<Receipt> receipt) {
        auto waiting = m_waiting.extract(number);
        if (waiting.empty())
            return;
        if (m_waiting.empty())
            m_patience.stop();
        else
            m_patience.start();
        waiting.mapped()->addResult(std::move(receipt));
        waiting.mapped()->finish();
    });
    return future;
}

QFuture<Expected<Receipt>> PatientGateway::preview(Submission submission)
{
    return m_gateway.preview(std::move(submission));
}

void PatientGateway::giveUp()
{
    for (const auto &entry : std::exchange(m_waiting, {})) {
        entry.second->addResult(
            fail(ErrorKind::StoreUnavailable, u"the store has not answered for %1 ms"_s.arg(m_patience.interval())));
        entry.second->finish();
    }
}

} // namespace interlock
