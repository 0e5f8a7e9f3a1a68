// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/link/openvpn/status3.h"

#include "model/link/openvpn/clientfinder.h"
#include "model/link/openvpn/fields.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <utility>

namespace interlock::openvpn {

using namespace Qt::StringLiterals;

namespace {

/// Fields of one line. A line with more than fit has the last ones left out, and then is no row of any header.
class Fields
{
public:
    static constexpr std::size_t kMost = 32;

    void split(std::string_view line)
    {
        m_count = 0;
        const char *begin = line.data();
        const char *const end = begin + line.size();
        const char *at = begin;
        for (; end - at >= kWord; at += kWord) {
            for (auto tabs = tabsIn(at); tabs != 0; tabs &= tabs - 1)
                begin = add(begin, at + std::countr_zero(tabs) / 8);
        }
        for (; at != end; ++at) {
            if (*at == '\t')
                begin = add(begin, at);
        }
        add(begin, end);
    }

    [[nodiscard]] std::size_t size() const { return m_count; }
    /// The field of that number; empty for a column that the server does not have.
    [[nodiscard]] std::string_view operator[](std::size_t column) const
    {
        return column < kMost ? m_fields[column] : std::string_view();
    }

private:
    static constexpr std::ptrdiff_t kWord = 8;

    /// Which of the next eight bytes are TABs: the highest bit of each, the first byte in the lowest. Fields are short,
    /// and a search for each costs more than looking at eight bytes at a time.
    static std::uint64_t tabsIn(const char *at)
    {
        static_assert(std::endian::native == std::endian::little);
        constexpr std::uint64_t kLow = 0x7f7f7f7f7f7f7f7fU;
        std::uint64_t word = 0;
        std::memcpy(&word, at, sizeof word);
        word ^= 0x0909090909090909U; // a TAB is zero now
        return ~(((word & kLow) + kLow) | word | kLow);
    }

    const char *add(const char *begin, const char *end)
    {
        if (m_count < kMost)
            m_fields[m_count] = {begin, static_cast<std::size_t>(end - begin)};
        m_count = std::min(m_count + 1, kMost + 1);
        return end + 1;
    }

    std::array<std::string_view, kMost> m_fields;
    std::size_t m_count = 0;
};

constexpr std::size_t kAbsent = Fields::kMost;

/// Which field of a row is which, from the HEADER line. Field 0 is the kind of row.
std::size_t columnOf(const Fields &header, std::string_view name)
{
    for (std::size_t field = 2; field < header.size() && field < Fields::kMost; ++field) {
        if (header[field] == name)
            return field - 1;
    }
    return kAbsent;
}

struct ClientColumns
{
    std::size_t count = 0; ///< fields of a row; 0 until the header was read
    std::size_t cn, realAddress, virtualAddress, virtualAddress6, received, sent, since, username, cid, peer, cipher;

    static ClientColumns of(const Fields &header)
    {
        return {header.size() - 1,
                columnOf(header, "Common Name"),
                columnOf(header, "Real Address"),
                columnOf(header, "Virtual Address"),
                columnOf(header, "Virtual IPv6 Address"),
                columnOf(header, "Bytes Received"),
                columnOf(header, "Bytes Sent"),
                columnOf(header, "Connected Since (time_t)"),
                columnOf(header, "Username"),
                columnOf(header, "Client ID"),
                columnOf(header, "Peer ID"),
                columnOf(header, "Data Channel Cipher")};
    }
    [[nodiscard]] bool isUsable() const
    {
        return count > 0 && cn != kAbsent && realAddress != kAbsent && virtualAddress != kAbsent &&
               received != kAbsent && sent != kAbsent && since != kAbsent && cid != kAbsent;
    }
};

struct RouteColumns
{
    std::size_t count = 0;
    std::size_t target, cn, realAddress, lastReferenced;

    static RouteColumns of(const Fields &header)
    {
        return {header.size() - 1, columnOf(header, "Virtual Address"), columnOf(header, "Common Name"),
                columnOf(header, "Real Address"), columnOf(header, "Last Ref (time_t)")};
    }
    [[nodiscard]] bool isUsable() const
    {
        return count > 0 && target != kAbsent && cn != kAbsent && realAddress != kAbsent && lastReferenced != kAbsent;
    }
};

/// Empty is "none", which is right; `isRight` turns false for what is no address.
std::optional<Address> readOptionalAddress(std::string_view text, bool &isRight)
{
    if (text.empty())
        return std::nullopt;
    const auto address = readAddress(text);
    isRight = isRight && address.has_value();
    return address;
}

/// Fills `client`, in place: rows are large. \returns false when it is none
bool readClient(const Fields &fields, const ClientColumns &columns, StatusClient &client)
{
    const auto cid = readNumber<qint64>(fields[columns.cid]);
    const auto received = readNumber<quint64>(fields[columns.received]);
    const auto sent = readNumber<quint64>(fields[columns.sent]);
    const auto since = readMoment(fields[columns.since]);
    if (!cid || !received || !sent || !since)
        return false;
    bool isRight = true;
    client.cn = fields[columns.cn];
    client.realAddress = fields[columns.realAddress];
    client.username = fields[columns.username];
    client.cipher = fields[columns.cipher];
    client.virtualAddress = readOptionalAddress(fields[columns.virtualAddress], isRight);
    client.virtualAddress6 = readOptionalAddress(fields[columns.virtualAddress6], isRight);
    client.bytesReceived = *received;
    client.bytesSent = *sent;
    client.connectedSince = *since;
    client.cid = {*cid};
    client.peerId = readNumber<std::uint32_t>(fields[columns.peer]);
    return isRight;
}

constexpr std::size_t kMacSize = std::string_view("02:aa:bb:cc:00:01").size();

/// `02:aa:bb:cc:00:01@0`. \source openvpn/FACTS.md 51, 55
bool readMac(std::string_view text, StatusRoute &route)
{
    const auto mac = MacAddress::parse(QString::fromLatin1(text.data(), static_cast<qsizetype>(kMacSize)));
    const auto vlan = readNumber<std::uint16_t>(text.substr(kMacSize + 1));
    if (!mac || !vlan)
        return false;
    route.target = *mac;
    route.vlan = *vlan;
    return true;
}

/// Fills `route`. \returns false when it is none
bool readRoute(const Fields &fields, const RouteColumns &columns, StatusRoute &route)
{
    auto text = fields[columns.target];
    const auto lastReferenced = readMoment(fields[columns.lastReferenced]);
    if (!lastReferenced)
        return false;
    route.cn = fields[columns.cn];
    route.realAddress = fields[columns.realAddress];
    route.lastReferenced = *lastReferenced;
    if (text.ends_with('C')) { // hexadecimal digits are in lower case
        route.isCached = true;
        text.remove_suffix(1);
    }
    if (text.size() > kMacSize && text[kMacSize] == '@')
        return readMac(text, route);
    const auto prefix = readPrefix(text);
    if (prefix)
        route.target = *prefix;
    return prefix.has_value();
}

} // namespace

class Status3Parser
{
public:
    explicit Status3Parser(QByteArray answer) { m_snapshot.m_text = std::move(answer); }

    Expected<StatusSnapshot> parse()
    {
        const std::string_view text(m_snapshot.m_text.constData(), static_cast<std::size_t>(m_snapshot.m_text.size()));
        // Rows are longer than these; what is set aside too much is never touched.
        m_snapshot.m_clients.reserve(text.size() / 160);
        m_snapshot.m_routes.reserve(text.size() / 120);
        for (std::size_t begin = 0; begin < text.size();) {
            const auto *lf = static_cast<const char *>(std::memchr(text.data() + begin, '\n', text.size() - begin));
            const auto end = lf ? static_cast<std::size_t>(lf - text.data()) : text.size();
            auto line = text.substr(begin, end - begin);
            if (line.ends_with('\r'))
                line.remove_suffix(1);
            readLine(line);
            begin = end + 1;
        }
        if (!m_hasTitle || !m_clientColumns.isUsable() || !m_routeColumns.isUsable())
            return fail(ErrorKind::BackendMismatch, u"this is no answer to 'status 3'"_s);
        indexById();
        if (m_isFinderOld)
            prepareToJoinAgain();
        joinRoutes();
        return std::move(m_snapshot);
    }

private:
    void readLine(std::string_view line)
    {
        if (line.empty() || line == "END")
            return;
        m_fields.split(line);
        const auto kind = m_fields[0];
        if (kind == "ROUTING_TABLE")
            addRoute();
        else if (kind == "CLIENT_LIST")
            addClient();
        else if (kind == "HEADER")
            readHeader();
        else if (kind == "TITLE")
            readTitle(line);
        else if (kind == "TIME")
            m_snapshot.m_time = readMoment(m_fields[2]).value_or(Timestamp());
        else if (kind == "GLOBAL_STATS")
            m_snapshot.m_isDcoEnabled =
                m_snapshot.m_isDcoEnabled || (m_fields[1] == "dco_enabled" && m_fields[2] == "1");
        else
            ++m_snapshot.m_malformedRows;
    }

    void readTitle(std::string_view line)
    {
        m_hasTitle = true;
        m_snapshot.m_title = line.substr(std::min(m_fields[0].size() + 1, line.size()));
    }

    void readHeader()
    {
        if (m_fields[1] == "CLIENT_LIST")
            m_clientColumns = ClientColumns::of(m_fields);
        else if (m_fields[1] == "ROUTING_TABLE")
            m_routeColumns = RouteColumns::of(m_fields);
    }

    void addClient()
    {
        auto &clients = m_snapshot.m_clients;
        auto &client = clients.emplace_back();
        if (m_fields.size() != m_clientColumns.count || !readClient(m_fields, m_clientColumns, client)) {
            clients.pop_back();
            ++m_snapshot.m_malformedRows;
            return;
        }
        m_clientKeys.push_back(RouteKey::of(client.realAddress, client.cn));
        m_isFinderOld = m_hasFinder;
    }

    void addRoute()
    {
        auto &routes = m_snapshot.m_routes;
        auto &route = routes.emplace_back();
        if (m_fields.size() != m_routeColumns.count || !readRoute(m_fields, m_routeColumns, route)) {
            routes.pop_back();
            ++m_snapshot.m_malformedRows;
            return;
        }
        m_unjoined.push_back(RouteKey::of(route.realAddress, route.cn));
        if (m_unjoined.size() == kJoinedAtATime && !m_isFinderOld)
            joinRoutes();
    }

    void indexById()
    {
        auto &clients = m_snapshot.m_clients;
        if (clients.empty())
            return;
        const auto [first, last] = std::minmax_element(clients.begin(), clients.end(),
                                                       [](const auto &a, const auto &b) { return a.cid < b.cid; });
        m_snapshot.m_firstId = first->cid.value;
        const auto span = static_cast<quint64>(last->cid.value) - static_cast<quint64>(first->cid.value);
        m_snapshot.m_isDense = span < 16 * clients.size() + 1024;
        auto &byId = m_snapshot.m_byId;
        if (m_snapshot.m_isDense) {
            byId.assign(span + 1, 0);
            for (std::uint32_t at = 0; at < clients.size(); ++at)
                byId[static_cast<std::size_t>(clients[at].cid.value - m_snapshot.m_firstId)] = at + 1;
            return;
        }
        byId.resize(clients.size());
        for (std::uint32_t at = 0; at < clients.size(); ++at)
            byId[at] = at;
        std::sort(byId.begin(), byId.end(), [&](auto a, auto b) { return clients[a].cid < clients[b].cid; });
    }

    /// Joins what has come since the last time, while it is still near the processor.
    void joinRoutes()
    {
        auto &routes = m_snapshot.m_routes;
        if (!std::exchange(m_hasFinder, true))
            m_finder = ClientFinder(m_snapshot.m_clients, m_clientKeys);
        m_finder.join(std::span(routes).subspan(routes.size() - m_unjoined.size()), m_unjoined);
        m_unjoined.clear();
    }

    /// The server tells all clients first. For one that came between the routes, all of them are joined once more.
    void prepareToJoinAgain()
    {
        m_hasFinder = false;
        m_unjoined.clear();
        for (const auto &route : m_snapshot.m_routes)
            m_unjoined.push_back(RouteKey::of(route.realAddress, route.cn));
    }

    static constexpr std::size_t kJoinedAtATime = 64;

    StatusSnapshot m_snapshot;
    Fields m_fields;
    ClientColumns m_clientColumns{};
    RouteColumns m_routeColumns{};
    std::vector<RouteKey> m_clientKeys;
    std::vector<RouteKey> m_unjoined; ///< of the last routes
    ClientFinder m_finder;
    bool m_hasFinder = false;
    bool m_isFinderOld = false; ///< clients came after it was made
    bool m_hasTitle = false;
};

Expected<StatusSnapshot> parseStatus3(QByteArray answer)
{
    return Status3Parser(std::move(answer)).parse();
}

} // namespace interlock::openvpn
