// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/link/linux/echoprobe.h"

#include <QRandomGenerator>

#include <array>
#include <cerrno>
#include <cstring>

#include <arpa/inet.h>
#include <linux/errqueue.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

/// Eight bytes of header and as many that only an answer to this request has.
constexpr std::size_t kRequest = 16;
constexpr std::size_t kHeader = 8;
using Packet = std::array<std::uint8_t, 1500>;

QString systemsWords(int code)
{
    return QString::fromLocal8Bit(std::strerror(code)); // NOLINT(concurrency-mt-unsafe): glibc's is
}

std::uint16_t checksum(const std::array<std::uint8_t, kRequest> &bytes) // RFC 1071
{
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < bytes.size(); i += 2)
        sum += (std::uint32_t{bytes.at(i)} << 8U) | bytes.at(i + 1);
    while ((sum >> 16U) != 0)
        sum = (sum & 0xffffU) + (sum >> 16U);
    return static_cast<std::uint16_t>(~sum & 0xffffU);
}

Address addressOf(const sockaddr_in &from)
{
    return Address::ipv4(ntohl(from.sin_addr.s_addr));
}

/// Where the ICMP message begins in what a raw socket gives: behind the IP header.
std::size_t behindHeader(const std::uint8_t *packet)
{
    return std::size_t{packet[0] & 0x0fU} * 4;
}

} // namespace

struct EchoProbe::Socket
{
    int descriptor = -1;
    bool isRaw = false;
    std::array<std::uint8_t, kRequest> request{};

    Socket() = default;
    ~Socket()
    {
        if (descriptor >= 0)
            ::close(descriptor);
    }
    Socket(const Socket &) = delete;
    Socket &operator=(const Socket &) = delete;

    [[nodiscard]] Expected<void> open(const QString &device)
    {
        constexpr int kFlags = SOCK_CLOEXEC | SOCK_NONBLOCK;
        descriptor = ::socket(AF_INET, SOCK_DGRAM | kFlags, IPPROTO_ICMP);
        if (descriptor < 0) {
            isRaw = true;
            descriptor = ::socket(AF_INET, SOCK_RAW | kFlags, IPPROTO_ICMP);
        }
        if (descriptor < 0) {
            return fail(
                ErrorKind::Unsupported,
                u"this process may not send an echo request: it needs net.ipv4.ping_group_range or CAP_NET_RAW"_s,
                {{u"capability"_s, u"CAP_NET_RAW"_s}});
        }
        const int isWanted = 1;
        (void)::setsockopt(descriptor, SOL_IP, IP_RECVERR, &isWanted, sizeof isWanted);
        const QByteArray name = device.toUtf8();
        if (!name.isEmpty() && ::setsockopt(descriptor, SOL_SOCKET, SO_BINDTODEVICE, name.constData(),
                                            static_cast<socklen_t>(name.size())) != 0) {
            return fail(ErrorKind::BackendUnavailable,
                        u"nothing can be sent by the network device '%1': %2"_s.arg(device, systemsWords(errno)),
                        {{u"device"_s, device}});
        }
        return {};
    }

    [[nodiscard]] Expected<void> send(const Address &target)
    {
        std::array<quint32, 3> random{};
        QRandomGenerator::system()->fillRange(random.data(), static_cast<qsizetype>(random.size()));
        request.at(0) = ICMP_ECHO;
        // Identifier and sequence, then the bytes that come back; a ping socket puts in an identifier of its own.
        std::memcpy(&request.at(4), random.data(), sizeof random);
        const std::uint16_t sum = checksum(request);
        request.at(2) = static_cast<std::uint8_t>(sum >> 8U);
        request.at(3) = static_cast<std::uint8_t>(sum & 0xffU);
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_addr.s_addr = htonl(static_cast<std::uint32_t>(target.value()));
        // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): what the system's interface is
        const auto *address = reinterpret_cast<const sockaddr *>(&to);
        if (::sendto(descriptor, request.data(), request.size(), 0, address, sizeof to) != ssize_t{kRequest}) {
            return fail(ErrorKind::BackendUnavailable,
                        u"nothing was sent to %1: %2"_s.arg(target.toString(), systemsWords(errno)),
                        {{u"target"_s, target.toString()}});
        }
        return {};
    }

    /// Who answered this very request, and whether with an echo reply. None: it is about something else.
    [[nodiscard]] std::optional<bool> isReply(const std::uint8_t *message, std::size_t size) const
    {
        if (size < kHeader)
            return std::nullopt;
        if (message[0] == ICMP_ECHOREPLY) {
            const bool isOurs = size >= kRequest && std::memcmp(message + kHeader, &request.at(kHeader), 8) == 0;
            return isOurs ? std::optional(true) : std::nullopt;
        }
        const bool isError = message[0] == ICMP_DEST_UNREACH || message[0] == ICMP_TIME_EXCEEDED;
        if (!isError || size < kHeader + 20)
            return std::nullopt;
        const std::uint8_t *quoted = message + kHeader;
        const std::size_t at = behindHeader(quoted);
        const bool isOurs = size >= kHeader + at + kHeader && quoted[at] == ICMP_ECHO &&
                            std::memcmp(quoted + at + 4, &request.at(4), 4) == 0;
        return isOurs ? std::optional(false) : std::nullopt;
    }

    /// The next error that came for a ping socket, from whom.
    [[nodiscard]] std::optional<Address> takeError() const
    {
        Packet packet{};
        alignas(cmsghdr) std::array<char, 512> control{};
        iovec part{packet.data(), packet.size()};
        msghdr message{};
        message.msg_iov = &part;
        message.msg_iovlen = 1;
        message.msg_control = control.data();
        message.msg_controllen = control.size();
        if (::recvmsg(descriptor, &message, MSG_ERRQUEUE) < 0)
            return std::nullopt;
        for (cmsghdr *each = CMSG_FIRSTHDR(&message); each; each = CMSG_NXTHDR(&message, each)) {
            if (each->cmsg_level != SOL_IP || each->cmsg_type != IP_RECVERR)
                continue;
            sock_extended_err error{};
            std::memcpy(&error, CMSG_DATA(each), sizeof error);
            sockaddr_in from{};
            std::memcpy(&from, CMSG_DATA(each) + sizeof error, sizeof from);
            if (error.ee_origin == SO_EE_ORIGIN_ICMP && from.sin_family == AF_INET)
                return addressOf(from);
        }
        return std::nullopt;
    }
};

EchoProbe::EchoProbe(std::unique_ptr<Socket> socket, const Address &target, std::chrono::milliseconds patience)
    : m_socket(std::move(socket)), m_target(target), m_sent(std::chrono::steady_clock::now()),
      m_notifier(m_socket->descriptor, QSocketNotifier::Read)
{
    connect(&m_notifier, &QSocketNotifier::activated, this, &EchoProbe::read);
    m_patience.setSingleShot(true);
    connect(&m_patience, &QTimer::timeout, this, [this] { end(EchoOutcome::Nothing, {}); });
    m_patience.start(patience);
}

EchoProbe::~EchoProbe()
{
    m_notifier.setEnabled(false); // before its descriptor is closed
}

Expected<std::unique_ptr<EchoProbe>> EchoProbe::send(const Address &target, const QString &device,
                                                     std::chrono::milliseconds patience)
{
    if (!target.isIPv4())
        return fail(ErrorKind::Unsupported, u"only an IPv4 address can be probed, not %1"_s.arg(target.toString()));
    auto socket = std::make_unique<Socket>();
    if (const auto opened = socket->open(device); !opened)
        return fail(opened.error());
    if (const auto sent = socket->send(target); !sent)
        return fail(sent.error());
    return std::unique_ptr<EchoProbe>(new EchoProbe(std::move(socket), target, patience));
}

void EchoProbe::read()
{
    if (!m_socket->isRaw) {
        if (const auto from = m_socket->takeError())
            return end(EchoOutcome::AnsweredByOther, from);
    }
    for (;;) {
        Packet packet{};
        sockaddr_in from{};
        socklen_t length = sizeof from;
        // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): what the system's interface is
        auto *address = reinterpret_cast<sockaddr *>(&from);
        const ssize_t got = ::recvfrom(m_socket->descriptor, packet.data(), packet.size(), 0, address, &length);
        if (got < 0)
            return;
        const auto size = static_cast<std::size_t>(got);
        const std::size_t begin = m_socket->isRaw && size > 0 ? behindHeader(packet.data()) : 0;
        if (begin > size)
            continue;
        const auto isReply = m_socket->isReply(packet.data() + begin, size - begin);
        if (!isReply)
            continue; // a raw socket is told everything
        const Address who = addressOf(from);
        return end(*isReply && who == m_target ? EchoOutcome::Reached : EchoOutcome::AnsweredByOther, who);
    }
}

void EchoProbe::end(EchoOutcome outcome, std::optional<Address> answeredBy)
{
    m_notifier.setEnabled(false);
    m_patience.stop();
    const auto took = std::chrono::steady_clock::now() - m_sent;
    Q_EMIT finished({outcome, answeredBy, std::chrono::duration_cast<std::chrono::milliseconds>(took)});
}

} // namespace interlock
