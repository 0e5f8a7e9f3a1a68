// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/link/openvpn/managementclient.h"

#include "model/link/openvpn/linksocket.h"
#include "model/link/openvpn/status3.h"

#include <QFuture>
#include <QPromise>
#include <QThreadPool>

#include <memory>
#include <utility>

namespace interlock::openvpn {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t kChunk = 64 * 1024;
/// Larger answers are parsed on the pool, so that no login waits for them. \source SEMANTICS.md 4
constexpr qsizetype kLargeAnswer = 64 * 1024;
/// Events that may come before the server's run is known, which takes two commands.
constexpr std::size_t kMaxEarly = 65'536;

template <typename... Cases>
struct Overloaded : Cases...
{
    using Cases::operator()...;
};
template <typename... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

QString nameOf(const LinkEndpoint &endpoint)
{
    if (!endpoint.path.isEmpty())
        return endpoint.path;
    const auto host = endpoint.host.contains(u':') ? u'[' + endpoint.host + u']' : endpoint.host;
    return host + u':' + QString::number(endpoint.port);
}

/// `pid=123`; 0 for anything else.
qint64 pidOf(const Answer &answer)
{
    constexpr auto kHead = "pid="_L1;
    return answer.text.startsWith(kHead) ? answer.text.mid(kHead.size()).toLongLong() : 0;
}

/// True if the connection went before the answer came: then nothing is to be done for it any more.
bool isLost(const Expected<Answer> &answer)
{
    return !answer && answer.error().kind == ErrorKind::BackendUnavailable;
}

/// The last line of the answer to `state`: the present state.
std::optional<StateChanged> presentState(const Expected<Answer> &answer)
{
    if (!answer)
        return std::nullopt;
    const auto lines = answer->lines.trimmed();
    const auto last = lines.mid(lines.lastIndexOf('\n') + 1);
    return parseState({last.constData(), static_cast<std::size_t>(last.size())});
}

} // namespace

ManagementClient::ManagementClient(LinkOptions options, QObject *parent)
    : QObject(parent), m_options(std::move(options)), m_backoff(m_options.times.retryFirst, m_options.times.retryMost),
      m_chunk(kChunk), m_phase(this), m_retry(this), m_silence(this), m_answer(this), m_statusRetry(this)
{
    for (auto *timer : {&m_phase, &m_retry, &m_silence, &m_answer, &m_statusRetry})
        timer->setSingleShot(true);
    connect(&m_phase, &QTimer::timeout, this, &ManagementClient::onPhaseOver);
    connect(&m_retry, &QTimer::timeout, this, &ManagementClient::connectNow);
    connect(&m_silence, &QTimer::timeout, this, &ManagementClient::onSilence);
    connect(&m_answer, &QTimer::timeout, this,
            [this] { drop(u"the server does not answer '%1'"_s.arg(m_queue.awaitedName())); });
    connect(&m_statusRetry, &QTimer::timeout, this, &ManagementClient::askStatus);
}

ManagementClient::~ManagementClient()
{
    blockSignals(true);
    stop();
}

void ManagementClient::start()
{
    if (m_state != LinkState::Stopped)
        return;
    m_backoff.reset();
    enter(LinkState::Connecting, u"connecting to %1"_s.arg(nameOf(m_options.endpoint)));
    connectNow();
}

void ManagementClient::stop()
{
    if (m_state != LinkState::Stopped)
        leave(LinkState::Stopped, u"stopped"_s, 0ms);
}

void ManagementClient::retryNow()
{
    if (m_state == LinkState::Stopped || m_socketOrNull)
        return;
    m_backoff.reset();
    connectNow();
}

void ManagementClient::send(const ManagementCommand &command, Reply reply)
{
    // A client that asks before the first status is there waits for its answer as any other does.
    if (m_isRunKnown)
        enqueue(command, std::move(reply));
    else if (reply)
        reply(fail(ErrorKind::BackendUnavailable, u"the OpenVPN server cannot be asked: %1"_s.arg(m_why)));
}

void ManagementClient::requestStatus()
{
    if (m_isReady && !m_isStatusAsked)
        askStatus();
}

// Connecting and losing.

void ManagementClient::connectNow()
{
    m_retry.stop();
    ++m_attempt;
    m_reader.clear();
    m_parser.clear();
    m_early.clear();
    m_isOpen = false;
    m_hasSentPassword = false;
    m_isGreeted = false;
    m_isRunKnown = false;
    m_isReady = false;
    m_isStatusAsked = false;
    m_socketOrNull = new LinkSocket(this);
    connect(m_socketOrNull, &LinkSocket::opened, this, &ManagementClient::onOpened);
    connect(m_socketOrNull, &LinkSocket::openFailed, this, &ManagementClient::onOpenFailed);
    connect(m_socketOrNull, &LinkSocket::readyRead, this, &ManagementClient::onReadable);
    connect(m_socketOrNull, &LinkSocket::closed, this, &ManagementClient::onClosed);
    m_phase.start(m_options.times.connect);
    m_socketOrNull->open(m_options.endpoint);
}

void ManagementClient::onOpened()
{
    m_isOpen = true;
    m_phase.start(m_options.times.busyAfter);
    enter(LinkState::Connecting, u"connected, waiting for the greeting"_s);
}

void ManagementClient::onOpenFailed(LinkState state, const QString &why)
{
    leave(state, why, m_backoff.next(m_options.random ? m_options.random() : 0));
}

void ManagementClient::onClosed(const QString &why)
{
    const auto attempt = m_attempt;
    onReadable();
    if (attempt != m_attempt || !m_socketOrNull)
        return;
    if (m_hasSentPassword && !m_isGreeted)
        refusePassword(u"the server refuses the management password"_s);
    else
        drop(why);
}

/// Connecting, or connected without a greeting, took too long.
void ManagementClient::onPhaseOver()
{
    if (m_isOpen)
        enter(LinkState::Busy, u"connected, and the server is silent: another console is attached, or it is stopped"_s);
    else
        onOpenFailed(LinkState::NotThere, u"nobody answers at %1"_s.arg(nameOf(m_options.endpoint)));
}

void ManagementClient::onSilence()
{
    if (!m_isReady)
        return;
    const bool wasAwaiting = m_queue.isAwaiting();
    if (m_state == LinkState::Ready && isInTheMiddle())
        enter(LinkState::Blocked, u"the server stopped in the middle of what it was saying"_s);
    else if (m_state == LinkState::Ready && wasAwaiting)
        enter(LinkState::Blocked, u"the server leaves '%1' unanswered"_s.arg(m_queue.awaitedName()));
    if (!wasAwaiting && m_socketOrNull)
        enqueue(ManagementCommand::pid(), {});
}

bool ManagementClient::isInTheMiddle() const
{
    return m_reader.size() > 0 || m_parser.isInBlock();
}

void ManagementClient::awaitNext()
{
    const bool isOwedSomething = m_queue.isAwaiting() || isInTheMiddle();
    m_silence.start(isOwedSomething ? m_options.times.blockedAfter : m_options.times.keepAlive);
}

/// Ends the connection, tells every reply, and tries again after `retryIn` unless it is stopped.
void ManagementClient::leave(LinkState state, const QString &why, std::chrono::milliseconds retryIn)
{
    ++m_attempt;
    for (auto *timer : {&m_phase, &m_retry, &m_silence, &m_answer, &m_statusRetry})
        timer->stop();
    m_isReady = false;
    m_isRunKnown = false;
    if (auto *socket = std::exchange(m_socketOrNull, nullptr)) {
        socket->disconnect(this);
        socket->abandon();
        socket->deleteLater();
    }
    const auto replies = m_queue.takeAll();
    if (state != LinkState::Stopped)
        m_retry.start(retryIn);
    enter(state, why);
    for (const auto &reply : replies) {
        if (reply)
            reply(fail(ErrorKind::BackendUnavailable, u"the link to the OpenVPN server was lost: %1"_s.arg(why)));
    }
}

void ManagementClient::drop(const QString &why)
{
    leave(LinkState::Gone, why, m_backoff.next(m_options.random ? m_options.random() : 0));
}

/// One refusal is enough: the server allows three a connection, and the password will not be right by repetition.
void ManagementClient::refusePassword(const QString &why)
{
    leave(LinkState::WrongPassword, why, m_options.times.retryPassword);
}

void ManagementClient::enter(LinkState state, const QString &why)
{
    if (m_state == state && m_why == why)
        return;
    m_state = state;
    m_why = why;
    Q_EMIT stateChanged(state, why);
}

// Speaking.

void ManagementClient::onReadable()
{
    const auto attempt = m_attempt;
    while (attempt == m_attempt && m_socketOrNull) {
        const auto count = m_socketOrNull->read(m_chunk);
        if (count == 0)
            break;
        m_reader.append({m_chunk.data(), count});
        if (!readLines())
            return;
    }
    if (m_state == LinkState::Blocked && !isInTheMiddle())
        enter(LinkState::Ready, u"attached to %1"_s.arg(nameOf(m_options.endpoint)));
    if (m_isReady)
        awaitNext();
}

/// \returns false when the connection is another one now
bool ManagementClient::readLines()
{
    const auto attempt = m_attempt;
    auto events = std::exchange(m_events, {}); // a slot may come back here
    while (const auto line = m_reader.next()) {
        if (line->kind == LineReader::Kind::TooLong) {
            drop(u"the server sent a line of more than %1 kB, which OpenVPN never does"_s.arg(LineReader::kMaxLine /
                                                                                              1024));
            return false;
        }
        m_parser.expect(m_queue.awaited());
        events.clear();
        m_parser.read(*line, events);
        for (auto &each : events) {
            handle(each);
            if (attempt != m_attempt)
                return false;
        }
    }
    m_events = std::move(events);
    return true;
}

void ManagementClient::enqueue(const ManagementCommand &command, Reply reply)
{
    const auto accepted = m_queue.push(command, reply);
    if (accepted)
        pump();
    else if (reply)
        reply(fail(accepted.error()));
}

void ManagementClient::pump()
{
    const bool wasAwaiting = m_queue.isAwaiting();
    bool hasWritten = false;
    while (const auto bytes = m_socketOrNull ? m_queue.takeNext() : std::nullopt) {
        m_socketOrNull->write(*bytes);
        hasWritten = true;
    }
    if (!hasWritten)
        return;
    m_socketOrNull->flush();
    if (wasAwaiting)
        return;
    m_answer.start(m_options.times.answer);
    if (m_isReady)
        m_silence.start(m_options.times.blockedAfter);
}

void ManagementClient::settle(Expected<std::optional<CommandQueue::Done>> outcome)
{
    if (!outcome) {
        drop(outcome.error().detail);
        return;
    }
    if (!*outcome)
        return;
    if (m_queue.isAwaiting())
        m_answer.start(m_options.times.answer);
    else
        m_answer.stop();
    pump();
    if (const auto &reply = (*outcome)->reply)
        reply(std::move((*outcome)->answer));
}

// What the server says.

void ManagementClient::handle(Event &each)
{
    std::visit(Overloaded{[this](const Info &) { onGreeting(); },
                          [this](const PasswordPrompt &) { onPasswordPrompt(); },
                          [this](const Hold &hold) { onHold(hold); },
                          [this](const StateChanged &state) {
                              deliver(state);
                              onState(state);
                          },
                          [this](const Success &answer) { settle(m_queue.accept(answer)); },
                          [this](const Failure &answer) { settle(m_queue.accept(answer)); },
                          [this](const AnswerLine &answer) { settle(m_queue.accept(answer)); },
                          [this](const AnswerEnd &answer) { settle(m_queue.accept(answer)); },
                          [this, &each](const auto &) { deliver(each); }},
               each);
}

void ManagementClient::deliver(const Event &each)
{
    if (m_isRunKnown)
        Q_EMIT eventReceived(each);
    else if (m_early.size() < kMaxEarly)
        m_early.push_back(each);
    else
        drop(u"the server tells events and does not answer"_s);
}

void ManagementClient::onGreeting()
{
    if (std::exchange(m_isGreeted, true))
        return;
    m_phase.stop();
    enter(LinkState::Connecting, u"greeted, preparing"_s);
    enqueue(ManagementCommand::pid(), [this](const Expected<Answer> &answer) {
        if (!answer)
            return;
        const auto pid = pidOf(*answer);
        m_hasRun = m_hasRun && m_run.pid == pid;
        m_run.pid = pid;
    });
    enqueue(ManagementCommand::state(), [this](const Expected<Answer> &answer) { onRunKnown(answer); });
    enqueue(ManagementCommand::stateOn(), {});
    enqueue(ManagementCommand::logOn(), {});
    // A server that is held says so right after its greeting, so its release is in the queue by the time of this
    // answer.
    enqueue(ManagementCommand::byteCount(m_options.byteCountInterval), [this](const Expected<Answer> &answer) {
        if (!isLost(answer))
            askStatus();
    });
}

void ManagementClient::onPasswordPrompt()
{
    m_phase.stop();
    if (m_hasSentPassword) {
        refusePassword(u"the server refuses the management password"_s);
        return;
    }
    if (!m_options.password) {
        refusePassword(u"the server wants a management password, and none is configured"_s);
        return;
    }
    const auto secret = m_options.password();
    const auto command = secret ? ManagementCommand::password(*secret) : fail(secret.error());
    if (!command) {
        refusePassword(command.error().detail);
        return;
    }
    m_hasSentPassword = true;
    enqueue(*command, {});
}

void ManagementClient::onHold(const Hold &hold)
{
    const auto attempt = m_attempt;
    if (m_isRunKnown && !std::exchange(m_isRestarting, true))
        beginGeneration(u"the server is held again"_s);
    if (attempt == m_attempt)
        deliver(hold);
    if (attempt == m_attempt)
        enqueue(ManagementCommand::holdRelease(), {});
}

void ManagementClient::onState(const StateChanged &state)
{
    if (state.name == u"CONNECTED"_s) {
        m_run.since = state.time;
        m_isRestarting = false;
    } else if (state.name == u"RECONNECTING"_s && m_isRunKnown && !std::exchange(m_isRestarting, true)) {
        beginGeneration(u"the server restarts: %1"_s.arg(state.detail));
    }
}

/// Tells whether this is the run that was known before, and then what was held back.
void ManagementClient::onRunKnown(const Expected<Answer> &answer)
{
    if (isLost(answer))
        return;
    const auto present = presentState(answer);
    const bool isConnected = present && present->name == u"CONNECTED"_s;
    const auto since = isConnected ? present->time : Timestamp();
    const bool isKnown = m_hasRun && isConnected && m_run.since == since;
    m_run.since = since;
    m_isRestarting = !isConnected;
    m_isRunKnown = true;
    const auto attempt = m_attempt;
    if (!isKnown) {
        Q_EMIT generationBegan(m_run, u"attached to a run of the server that was not known"_s);
        m_hasRun = true;
    }
    const auto early = std::exchange(m_early, {});
    for (const auto &each : early) {
        if (attempt != m_attempt)
            return;
        Q_EMIT eventReceived(each);
    }
}

void ManagementClient::beginGeneration(const QString &why)
{
    m_run.since = {};
    m_hasRun = true;
    Q_EMIT generationBegan(m_run, why);
}

void ManagementClient::askStatus()
{
    m_isStatusAsked = true;
    enqueue(ManagementCommand::status3(), [this](Expected<Answer> answer) { onStatusAnswer(std::move(answer)); });
}

void ManagementClient::onStatusAnswer(Expected<Answer> answer)
{
    if (!answer) {
        if (isLost(answer))
            return;
        m_isStatusAsked = false;
        if (!m_isReady) // just released from hold, the server has no status yet
            m_statusRetry.start(m_options.times.statusRetry);
        return;
    }
    if (answer->lines.size() <= kLargeAnswer) {
        onStatus(parseStatus3(std::move(answer->lines)));
        return;
    }
    const auto promise = std::make_shared<QPromise<Expected<StatusSnapshot>>>();
    promise->start();
    promise->future().then(this, [this, attempt = m_attempt](const Expected<StatusSnapshot> &snapshot) {
        if (attempt == m_attempt)
            onStatus(snapshot);
    });
    QThreadPool::globalInstance()->start([promise, lines = std::move(answer->lines)] {
        promise->addResult(parseStatus3(lines));
        promise->finish();
    });
}

void ManagementClient::onStatus(const Expected<StatusSnapshot> &snapshot)
{
    m_isStatusAsked = false;
    if (!snapshot) {
        drop(snapshot.error().detail);
        return;
    }
    const auto attempt = m_attempt;
    const bool isFirst = !std::exchange(m_isReady, true);
    if (isFirst) {
        m_backoff.reset();
        awaitNext();
        enter(LinkState::Ready, u"attached to %1"_s.arg(nameOf(m_options.endpoint)));
    }
    if (attempt == m_attempt)
        Q_EMIT statusReceived(*snapshot);
    if (isFirst && attempt == m_attempt)
        Q_EMIT ready();
}

} // namespace interlock::openvpn
