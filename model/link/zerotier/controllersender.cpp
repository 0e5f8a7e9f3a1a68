// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/link/zerotier/controllersender.h"

#include "model/link/zerotier/onceonlybody.h"

#include <QNetworkAccessManager>
#include <QNetworkProxy>
#include <QNetworkReply>
#include <QTimer>

#include <utility>

namespace interlock {

using Verb = ControllerRequest::Verb;

namespace {

constexpr int kMaxFalseStarts = 3;

} // namespace

/// A request with what became of it so far.
struct ControllerSender::Flight
{
    ControllerRequest request;
    Then then;
    int tries = 0;
    int sent = 0; ///< by Qt, in this try
    int falseStarts = 0;
    bool mayHaveArrived = false;
    bool isTooLong = false;
    bool isOverdue = false;
};

ControllerSender::ControllerSender(ControllerEndpoint endpoint, const QByteArray &token, ControllerTimes times,
                                   QObject *parent)
    : QObject(parent), m_endpoint(std::move(endpoint)), m_token(checkedToken(token)), m_times(times),
      m_queue(m_endpoint.flavour == ControllerFlavour::Central ? std::optional(RateLimit(times.centralPerSecond))
                                                               : std::nullopt,
              this),
      m_network(new QNetworkAccessManager(this))
{
    // A proxy of the system would see the token of a plain connection, and cannot reach this host's loopback.
    if (m_endpoint.url.scheme() != QLatin1String("https") || isLoopback(m_endpoint.url))
        m_network->setProxy(QNetworkProxy::NoProxy);
    m_network->setAutoDeleteReplies(false);
}

ControllerSender::~ControllerSender()
{
    // First of all, so that no reply is told of any more; then what is under way is aborted.
    for (QNetworkReply *reply : m_network->findChildren<QNetworkReply *>())
        reply->disconnect(this);
    delete m_network;
}

void ControllerSender::send(const ControllerRequest &request, Then then)
{
    const auto flight = std::make_shared<Flight>(Flight{request, std::move(then)});
    m_queue.enter([this, flight] { launch(flight); });
}

Error ControllerSender::errorOf(const ControllerRequest &request, const ControllerReply &reply) const
{
    return interlock::errorOf(m_endpoint, m_token.value_or(QByteArray()), request, reply);
}

Error ControllerSender::placed(Error error, const ControllerRequest &request, const ControllerReply &reply) const
{
    return interlock::placed(std::move(error), m_endpoint, request, reply);
}

void ControllerSender::launch(const std::shared_ptr<Flight> &flight)
{
    ++m_requestsSent;
    ++flight->tries;
    flight->sent = 0;
    watch(flight, start(*flight));
}

QNetworkReply *ControllerSender::start(Flight &flight)
{
    QNetworkRequest request = networkRequestFor(m_endpoint, m_token.value_or(QByteArray()), flight.request, m_times);
    if (flight.request.verb == Verb::Get)
        return m_network->get(request);
    if (flight.request.verb == Verb::Delete)
        return m_network->deleteResource(request);
    if (flight.request.repeat == ControllerRequest::Repeat::WhenLost)
        return m_network->post(request, flight.request.body);
    request.setAttribute(QNetworkRequest::DoNotBufferUploadDataAttribute, true);
    request.setHeader(QNetworkRequest::ContentLengthHeader, flight.request.body.size());
    auto *body = new OnceOnlyBody(flight.request.body);
    QNetworkReply *reply = m_network->post(request, body);
    body->setParent(reply);
    return reply;
}

void ControllerSender::watch(const std::shared_ptr<Flight> &flight, QNetworkReply *reply)
{
    connect(reply, &QNetworkReply::requestSent, this, [flight] { ++flight->sent; });
    connect(reply, &QNetworkReply::downloadProgress, this, [flight, reply](qint64 received, qint64 total) {
        if (received <= kMaxControllerBody && total <= kMaxControllerBody)
            return;
        flight->isTooLong = true;
        reply->abort();
    });
    connect(
        reply, &QNetworkReply::finished, this, [this, flight, reply] { finish(flight, reply); },
        Qt::SingleShotConnection);
    auto *whole = new QTimer(reply);
    whole->setSingleShot(true);
    connect(whole, &QTimer::timeout, this, [flight, reply] {
        flight->isOverdue = true;
        reply->abort();
    });
    whole->start(m_times.whole);
}

void ControllerSender::finish(std::shared_ptr<Flight> flight, QNetworkReply *reply)
{
    ControllerReply read = readReply(*reply, flight->isTooLong, flight->isOverdue);
    reply->disconnect(this);
    reply->deleteLater();
    read.sent = flight->sent;
    read.tries = flight->tries;
    // Qt wrote it more than once: the first one was carried out, perhaps.
    read.mayHaveArrivedBefore = flight->mayHaveArrived || flight->sent > 1;
    if (read.fault != ControllerFault::None && !read.wasNotSent())
        flight->mayHaveArrived = true;
    if (read.fault == ControllerFault::None && read.status == 429)
        m_queue.holdFor(retryDelay(flight->request, read, m_times).value_or(std::chrono::milliseconds(0)));
    // Qt took a connection that was just ending, and may not read the body again: nothing was sent, nobody refused.
    if (read.fault == ControllerFault::Lost && read.sent == 0 && ++flight->falseStarts <= kMaxFalseStarts) {
        --m_requestsSent;
        --flight->tries;
        m_queue.leave();
        m_queue.enter([this, flight] { launch(flight); });
        return;
    }
    m_queue.leave();
    if (const auto delay = retryDelay(flight->request, read, m_times)) {
        flight->isTooLong = flight->isOverdue = false;
        retry(flight, *delay);
        return;
    }
    flight->then(read);
}

void ControllerSender::retry(const std::shared_ptr<Flight> &flight, std::chrono::milliseconds delay)
{
    // A child, because QTimer::singleShot() would keep the flight for as long as it waits, after our end too.
    auto *timer = new QTimer(this);
    timer->setSingleShot(true);
    connect(timer, &QTimer::timeout, this, [this, flight, timer] {
        timer->deleteLater();
        m_queue.enter([this, flight] { launch(flight); });
    });
    timer->start(delay);
}

} // namespace interlock
