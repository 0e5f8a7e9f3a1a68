// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/link/openvpn/status3.h"

#include "model/link/openvpn/clientfinder.h"
#include "model/link/openvpn/fields.h"
#include "model/link/openvpn/tabbedlines.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>
#include <string_view>
#include <utility>

namespace interlock::openvpn {

using namespace Qt::StringLiterals;

namespace {

using Fields = TabbedLines;

constexpr std::size_t kAbsent = Fields::kMost;
/// Places in a line are kept in so few bits.
constexpr std::size_t kLongestRow = std::numeric_limits<std::uint16_t>::max();

/// Which field of a row is which, from the HEADER line. Field 0 is the kind of row.
std::size_t columnOf(const Fields &header, std::string_view name)
{
    for (std::size_t field = 2; field < header.size() && field < Fields::kMost; ++field) {
        if (header[field] == name)
            return field - 1;
    }
    return kAbsent;
}

constexpr char kRoute[] = "ROUTING_TABLE";
constexpr char kClient[] = "CLIENT_LIST";

/// `text == word` with the size known when it is compiled, which is no call then.
template <std::size_t Size>
bool isSame(std::string_view text, const char (&word)[Size])
{
    return text.size() == Size - 1 && std::memcmp(text.data(), word, Size - 1) == 0;
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

} // namespace

class Status3Parser
{
public:
    explicit Status3Parser(QByteArray answer)
        : m_snapshot{snapshotOf(std::move(answer))},
          m_fields({m_snapshot.m_text.constData(), static_cast<std::size_t>(m_snapshot.m_text.size())})
    {
    }

    Expected<StatusSnapshot> parse()
    {
        // Rows are longer than these; what is set aside too much is never touched.
        const auto size = static_cast<std::size_t>(m_snapshot.m_text.size());
        m_snapshot.m_clients.reserve(size / 160);
        m_clientKeys.reserve(size / 160);
        m_snapshot.m_routes.reserve(size / 120);
        while (m_fields.next())
            readLine();
        if (!m_hasTitle || !m_clientColumns.isUsable() || !m_routeColumns.isUsable())
            return fail(ErrorKind::BackendMismatch, u"this is no answer to 'status 3'"_s);
        indexById();
        if (m_isFinderOld)
            prepareToJoinAgain();
        joinRoutes();
        return std::move(m_snapshot);
    }

private:
    static StatusSnapshot snapshotOf(QByteArray answer)
    {
        StatusSnapshot snapshot;
        snapshot.m_text = std::move(answer);
        return snapshot;
    }

    void readLine()
    {
        const auto kind = m_fields[0];
        if (isSame(kind, kRoute))
            addRoute();
        else if (isSame(kind, kClient))
            addClient();
        else if (m_fields.line().empty() || m_fields.line() == "END")
            return;
        else if (kind == "HEADER")
            readHeader();
        else if (kind == "TITLE")
            readTitle(m_fields.line());
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

    [[nodiscard]] bool isRowOf(std::size_t columns) const
    {
        return m_fields.size() == columns && m_fields.line().size() <= kLongestRow;
    }

    /// Where a column is in the line; nowhere for one that the server does not have.
    [[nodiscard]] StatusText placeOf(std::size_t column) const
    {
        const auto field = m_fields[column];
        if (field.empty())
            return {};
        return {static_cast<std::uint16_t>(field.data() - m_fields.line().data()),
                static_cast<std::uint16_t>(field.size())};
    }

    void addClient()
    {
        auto &clients = m_snapshot.m_clients;
        auto &client = clients.emplace_back();
        if (!isRowOf(m_clientColumns.count) || !readClient(client)) {
            clients.pop_back();
            ++m_snapshot.m_malformedRows;
            return;
        }
        m_clientKeys.push_back(RouteKey::of(client.realAddress(), client.cn()));
        m_isFinderOld = m_hasFinder;
    }

    /// Fills `client`, in place: rows are large. \returns false when it is none
    bool readClient(StatusClient &client) const
    {
        const auto &columns = m_clientColumns;
        const auto cid = readNumber<qint64>(m_fields[columns.cid]);
        const auto received = readNumber<quint64>(m_fields[columns.received]);
        const auto sent = readNumber<quint64>(m_fields[columns.sent]);
        const auto since = readMoment(m_fields[columns.since]);
        if (!cid || !received || !sent || !since)
            return false;
        client.m_line = m_fields.line().data();
        client.m_cn = placeOf(columns.cn);
        client.m_realAddress = placeOf(columns.realAddress);
        client.m_username = placeOf(columns.username);
        client.m_cipher = placeOf(columns.cipher);
        client.m_bytesReceived = *received;
        client.m_bytesSent = *sent;
        client.m_connectedSince = *since;
        client.m_cid = {*cid};
        const auto peerId = readNumber<std::uint32_t>(m_fields[columns.peer]);
        client.m_hasPeerId = peerId.has_value();
        client.m_peerId = peerId.value_or(0);
        return readAddresses(client);
    }

    /// Empty is "none", which is right. \returns false for what is no address
    bool readAddresses(StatusClient &client) const
    {
        if (const auto text = m_fields[m_clientColumns.virtualAddress]; !text.empty()) {
            const auto address = readQuad(text);
            if (!address)
                return false;
            client.m_hasAddress = true;
            client.m_address = *address;
        }
        if (const auto text = m_fields[m_clientColumns.virtualAddress6]; !text.empty()) {
            const auto address = readAddress(text);
            if (!address || address->isIPv4())
                return false;
            client.m_hasAddress6 = true;
            client.m_address6 = halvesOf(*address);
        }
        return true;
    }

    void addRoute()
    {
        auto &routes = m_snapshot.m_routes;
        auto &route = routes.emplace_back();
        if (!isRowOf(m_routeColumns.count) || !readRoute(route)) {
            routes.pop_back();
            ++m_snapshot.m_malformedRows;
            return;
        }
        m_unjoined.push_back(RouteKey::of(route.realAddress(), route.cn()));
        if (m_unjoined.size() == kJoinedAtATime && !m_isFinderOld)
            joinRoutes();
    }

    /// Fills `route`. \returns false when it is none
    bool readRoute(StatusRoute &route) const
    {
        auto text = m_fields[m_routeColumns.target];
        const auto lastReferenced = readMoment(m_fields[m_routeColumns.lastReferenced]);
        if (!lastReferenced)
            return false;
        route.m_line = m_fields.line().data();
        route.m_cn = placeOf(m_routeColumns.cn);
        route.m_realAddress = placeOf(m_routeColumns.realAddress);
        route.m_lastReferenced = *lastReferenced;
        if (text.ends_with('C')) { // hexadecimal digits are in lower case
            route.m_isCached = true;
            text.remove_suffix(1);
        }
        if (text.size() > kMacSize && text[kMacSize] == '@')
            return readMac(text, route);
        const auto prefix = readPrefix(text);
        if (!prefix)
            return false;
        route.m_kind = prefix->isIPv4() ? StatusRoute::Kind::IPv4 : StatusRoute::Kind::IPv6;
        route.m_target = halvesOf(prefix->first());
        route.m_length = static_cast<std::uint8_t>(prefix->length());
        return true;
    }

    /// `02:aa:bb:cc:00:01@0`. \source openvpn/FACTS.md 51, 55
    static bool readMac(std::string_view text, StatusRoute &route)
    {
        const auto mac = MacAddress::parse(QString::fromLatin1(text.data(), static_cast<qsizetype>(kMacSize)));
        const auto vlan = readNumber<std::uint16_t>(text.substr(kMacSize + 1));
        if (!mac || !vlan)
            return false;
        route.m_kind = StatusRoute::Kind::Mac;
        route.m_target = {0, mac->value()};
        route.m_vlan = *vlan;
        return true;
    }

    static std::array<std::uint64_t, 2> halvesOf(const Address &address)
    {
        return {static_cast<std::uint64_t>(address.value() >> 64U), static_cast<std::uint64_t>(address.value())};
    }

    void indexById()
    {
        auto &clients = m_snapshot.m_clients;
        if (clients.empty())
            return;
        const auto [first, last] = std::minmax_element(clients.begin(), clients.end(),
                                                       [](const auto &a, const auto &b) { return a.cid() < b.cid(); });
        m_snapshot.m_firstId = first->cid().value;
        const auto span = static_cast<quint64>(last->cid().value) - static_cast<quint64>(first->cid().value);
        m_snapshot.m_isDense = span < 16 * clients.size() + 1024;
        auto &byId = m_snapshot.m_byId;
        if (m_snapshot.m_isDense) {
            byId.assign(span + 1, 0);
            for (std::uint32_t at = 0; at < clients.size(); ++at)
                byId[static_cast<std::size_t>(clients[at].cid().value - m_snapshot.m_firstId)] = at + 1;
            return;
        }
        byId.resize(clients.size());
        for (std::uint32_t at = 0; at < clients.size(); ++at)
            byId[at] = at;
        std::sort(byId.begin(), byId.end(), [&](auto a, auto b) { return clients[a].cid() < clients[b].cid(); });
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
            m_unjoined.push_back(RouteKey::of(route.realAddress(), route.cn()));
    }

    static constexpr std::size_t kMacSize = std::string_view("02:aa:bb:cc:00:01").size();
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
