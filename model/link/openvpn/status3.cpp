// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/link/openvpn/status3.h"

#include "model/link/openvpn/fields.h"

#include <QHashFunctions>
#include <QHashSeed>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <span>

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
        const char *at = line.data();
        const char *const end = at + line.size();
        while (m_count < kMost) {
            const auto *tab = static_cast<const char *>(std::memchr(at, '\t', static_cast<std::size_t>(end - at)));
            const char *const stop = tab ? tab : end;
            m_fields[m_count++] = {at, static_cast<std::size_t>(stop - at)};
            if (!tab)
                return;
            at = tab + 1;
        }
        m_count = kMost + 1;
    }

    [[nodiscard]] std::size_t size() const { return m_count; }
    /// The field of that number; empty for a column that the server does not have.
    [[nodiscard]] std::string_view operator[](std::size_t column) const
    {
        return column < kMost ? m_fields[column] : std::string_view();
    }

private:
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

std::optional<StatusClient> readClient(const Fields &fields, const ClientColumns &columns)
{
    const auto cid = readNumber<qint64>(fields[columns.cid]);
    const auto received = readNumber<quint64>(fields[columns.received]);
    const auto sent = readNumber<quint64>(fields[columns.sent]);
    const auto since = readMoment(fields[columns.since]);
    if (!cid || !received || !sent || !since)
        return std::nullopt;
    bool isRight = true;
    StatusClient client{fields[columns.cn],
                        fields[columns.realAddress],
                        fields[columns.username],
                        fields[columns.cipher],
                        readOptionalAddress(fields[columns.virtualAddress], isRight),
                        readOptionalAddress(fields[columns.virtualAddress6], isRight),
                        *received,
                        *sent,
                        *since,
                        ClientId{*cid},
                        readNumber<std::uint32_t>(fields[columns.peer])};
    return isRight ? std::optional(client) : std::nullopt;
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

std::optional<StatusRoute> readRoute(const Fields &fields, const RouteColumns &columns)
{
    auto text = fields[columns.target];
    const auto lastReferenced = readMoment(fields[columns.lastReferenced]);
    if (!lastReferenced)
        return std::nullopt;
    StatusRoute route;
    route.cn = fields[columns.cn];
    route.realAddress = fields[columns.realAddress];
    route.lastReferenced = *lastReferenced;
    if (text.ends_with('C')) { // hexadecimal digits are in lower case
        route.isCached = true;
        text.remove_suffix(1);
    }
    if (text.size() > kMacSize && text[kMacSize] == '@')
        return readMac(text, route) ? std::optional(route) : std::nullopt;
    const auto prefix = readPrefix(text);
    if (!prefix)
        return std::nullopt;
    route.target = *prefix;
    return route;
}

/// Finds a client by real address and CN: the first alone is not enough, as an IPv6 address comes without its port.
class ClientFinder
{
public:
    explicit ClientFinder(const std::vector<StatusClient> &clients)
        : m_clients(clients), m_slots(std::bit_ceil(clients.size() * 2 + 1))
    {
        for (std::uint32_t position = 0; position < clients.size(); ++position)
            insert(position);
    }

    [[nodiscard]] std::optional<std::uint32_t> find(std::string_view realAddress, std::string_view cn) const
    {
        const auto hash = hashOf(realAddress, cn);
        for (auto at = hash & mask(); m_slots[at].position != 0; at = (at + 1) & mask()) {
            const auto &slot = m_slots[at];
            const auto &client = m_clients[slot.position - 1];
            if (slot.hash == hash && client.realAddress == realAddress && client.cn == cn)
                return slot.position - 1;
        }
        return std::nullopt;
    }

private:
    struct Slot
    {
        std::uint32_t hash = 0;
        std::uint32_t position = 0; ///< plus one
    };

    /// Of two sessions of one CN from one address the younger one has the routes.
    void insert(std::uint32_t position)
    {
        const auto &client = m_clients[position];
        const auto hash = hashOf(client.realAddress, client.cn);
        auto at = hash & mask();
        for (; m_slots[at].position != 0; at = (at + 1) & mask()) {
            const auto &other = m_clients[m_slots[at].position - 1];
            if (m_slots[at].hash == hash && other.realAddress == client.realAddress && other.cn == client.cn) {
                if (client.cid > other.cid)
                    m_slots[at].position = position + 1;
                return;
            }
        }
        m_slots[at] = {hash, position + 1};
    }

    /// Seeded, as clients choose both texts.
    [[nodiscard]] std::uint32_t hashOf(std::string_view realAddress, std::string_view cn) const
    {
        const auto inner = qHashBits(cn.data(), cn.size(), m_seed);
        return static_cast<std::uint32_t>(qHashBits(realAddress.data(), realAddress.size(), inner));
    }
    [[nodiscard]] std::uint32_t mask() const { return static_cast<std::uint32_t>(m_slots.size() - 1); }

    const std::vector<StatusClient> &m_clients;
    std::vector<Slot> m_slots;
    std::size_t m_seed = QHashSeed::globalSeed();
};

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
        if (m_fields.size() == m_clientColumns.count) {
            if (const auto client = readClient(m_fields, m_clientColumns)) {
                m_snapshot.m_clients.push_back(*client);
                return;
            }
        }
        ++m_snapshot.m_malformedRows;
    }

    void addRoute()
    {
        if (m_fields.size() == m_routeColumns.count) {
            if (const auto route = readRoute(m_fields, m_routeColumns)) {
                m_snapshot.m_routes.push_back(*route);
                return;
            }
        }
        ++m_snapshot.m_malformedRows;
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

    void joinRoutes()
    {
        const ClientFinder finder(m_snapshot.m_clients);
        for (auto &route : m_snapshot.m_routes)
            route.client = finder.find(route.realAddress, route.cn);
    }

    StatusSnapshot m_snapshot;
    Fields m_fields;
    ClientColumns m_clientColumns{};
    RouteColumns m_routeColumns{};
    bool m_hasTitle = false;
};

Expected<StatusSnapshot> parseStatus3(QByteArray answer)
{
    return Status3Parser(std::move(answer)).parse();
}

} // namespace interlock::openvpn
