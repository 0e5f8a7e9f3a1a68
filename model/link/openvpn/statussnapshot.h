// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/link/openvpn/clientid.h"
#include "model/values/macaddress.h"
#include "model/values/name.h"
#include "model/values/prefix.h"
#include "model/values/timestamp.h"

#include <QByteArray>
#include <QMetaType>
#include <QString>

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace interlock::openvpn {

/// A part of a line, by its place: a fourth of the room that a pointer and a length need.
struct StatusText
{
    std::uint16_t begin = 0;
    std::uint16_t size = 0;
};

/// One session in `status 3`. Texts are parts of the snapshot: valid as long as it or a copy of it lives.
class StatusClient
{
public:
    /// As it came; `UNDEF` for none.
    [[nodiscard]] std::string_view cn() const { return text(m_cn); }
    /// `10.95.0.2:33898`; an IPv6 address has no port.
    [[nodiscard]] std::string_view realAddress() const { return text(m_realAddress); }
    /// `UNDEF` for none.
    [[nodiscard]] std::string_view username() const { return text(m_username); }
    /// `BF-CBC` while nothing is negotiated.
    [[nodiscard]] std::string_view cipher() const { return text(m_cipher); }
    /// \returns Invalid when it is no common name (empty, too long)
    [[nodiscard]] Expected<CommonName> commonName() const;
    [[nodiscard]] QString cnText() const;
    [[nodiscard]] QString realAddressText() const;
    [[nodiscard]] QString usernameText() const;
    [[nodiscard]] QString cipherText() const;

    /// In the tunnel, IPv4.
    [[nodiscard]] std::optional<Address> virtualAddress() const
    {
        return m_hasAddress ? std::optional(Address::ipv4(m_address)) : std::nullopt;
    }
    [[nodiscard]] std::optional<Address> virtualAddress6() const
    {
        return m_hasAddress6 ? std::optional(Address(Family::IPv6, uint128{m_address6[0]} << 64U | m_address6[1]))
                             : std::nullopt;
    }
    [[nodiscard]] bool isVirtualAddress(const Address &address) const
    {
        return address == virtualAddress() || address == virtualAddress6();
    }
    [[nodiscard]] quint64 bytesReceived() const { return m_bytesReceived; }
    [[nodiscard]] quint64 bytesSent() const { return m_bytesSent; }
    [[nodiscard]] Timestamp connectedSince() const { return m_connectedSince; }
    [[nodiscard]] ClientId cid() const { return m_cid; }
    [[nodiscard]] std::optional<std::uint32_t> peerId() const
    {
        return m_hasPeerId ? std::optional(m_peerId) : std::nullopt;
    }

    /// No virtual address and the cipher that stands for none: the mark of a client that waits for an answer, if it is
    /// young and still so a second later. \source openvpn/FACTS.md 37, SEMANTICS.md 3
    [[nodiscard]] bool looksWaiting() const { return !m_hasAddress && !m_hasAddress6 && cipher() == "BF-CBC"; }

private:
    friend class Status3Parser;

    [[nodiscard]] std::string_view text(StatusText part) const { return {m_line + part.begin, part.size}; }

    const char *m_line = nullptr;
    quint64 m_bytesReceived = 0;
    quint64 m_bytesSent = 0;
    Timestamp m_connectedSince;
    ClientId m_cid;
    std::array<std::uint64_t, 2> m_address6{}; ///< the higher half first
    std::uint32_t m_address = 0;
    std::uint32_t m_peerId = 0;
    StatusText m_cn;
    StatusText m_realAddress;
    StatusText m_username;
    StatusText m_cipher;
    bool m_hasAddress = false;
    bool m_hasAddress6 = false;
    bool m_hasPeerId = false;
};

/// One routing entry in `status 3`.
class StatusRoute
{
public:
    [[nodiscard]] bool isMac() const { return m_kind == Kind::Mac; }
    /// Of a route that is no MAC; a bare address is a /32 or /128.
    [[nodiscard]] Prefix prefix() const
    {
        Q_ASSERT(!isMac());
        const auto family = m_kind == Kind::IPv4 ? Family::IPv4 : Family::IPv6;
        return {Address(family, uint128{m_target[0]} << 64U | m_target[1]), m_length};
    }
    /// Of a route that is one.
    [[nodiscard]] MacAddress mac() const
    {
        Q_ASSERT(isMac());
        return MacAddress(m_target[1]);
    }
    /// Of a MAC.
    [[nodiscard]] std::uint16_t vlan() const { return m_vlan; }
    /// Learnt for a single address inside an iroute (`C`), not a row of anybody's.
    [[nodiscard]] bool isCached() const { return m_isCached; }
    [[nodiscard]] std::string_view cn() const { return text(m_cn); }
    [[nodiscard]] std::string_view realAddress() const { return text(m_realAddress); }
    [[nodiscard]] QString cnText() const;
    [[nodiscard]] QString realAddressText() const;
    [[nodiscard]] Timestamp lastReferenced() const { return m_lastReferenced; }
    /// Position in clients(), joined on the real address, without a port also on CN.
    [[nodiscard]] std::optional<std::uint32_t> client() const
    {
        return m_client > 0 ? std::optional(m_client - 1) : std::nullopt;
    }

private:
    friend class ClientFinder;
    friend class Status3Parser;

    enum class Kind : std::uint8_t { IPv4, IPv6, Mac };

    [[nodiscard]] std::string_view text(StatusText part) const { return {m_line + part.begin, part.size}; }

    const char *m_line = nullptr;
    std::array<std::uint64_t, 2> m_target{}; ///< the higher half first
    Timestamp m_lastReferenced;
    StatusText m_cn;
    StatusText m_realAddress;
    std::uint32_t m_client = 0; ///< plus one; 0 for none
    std::uint16_t m_vlan = 0;
    std::uint8_t m_length = 0;
    Kind m_kind = Kind::IPv4;
    bool m_isCached = false;
};

/// Everything that `status 3` says. Cheap to copy in text, not in rows: pass it by reference or move it.
/// \source openvpn/FACTS.md 36, 67
class StatusSnapshot
{
public:
    [[nodiscard]] Timestamp time() const { return m_time; }
    /// The server's version and build.
    [[nodiscard]] QString title() const;
    /// "2.6.14"; empty if the title has none.
    [[nodiscard]] QString serverVersion() const;
    [[nodiscard]] const std::vector<StatusClient> &clients() const { return m_clients; }
    [[nodiscard]] const std::vector<StatusRoute> &routes() const { return m_routes; }
    [[nodiscard]] bool isDcoEnabled() const { return m_isDcoEnabled; }
    /// Rows that could not be read; the others are there.
    [[nodiscard]] std::size_t malformedRows() const { return m_malformedRows; }

    /// The client with that id. \complexity O(1); O(log n) when ids are so far apart that a table would be mostly empty
    [[nodiscard]] const StatusClient *clientOrNull(ClientId cid) const;

private:
    friend class Status3Parser;

    QByteArray m_text; ///< the answer; never changed, so that views into it stay valid in copies
    std::string_view m_title;
    Timestamp m_time;
    std::vector<StatusClient> m_clients;
    std::vector<StatusRoute> m_routes;
    std::vector<std::uint32_t> m_byId; ///< dense: [cid - m_firstId] = position + 1, 0 for none; else positions by id
    qint64 m_firstId = 0;
    bool m_isDense = true;
    std::size_t m_malformedRows = 0;
    bool m_isDcoEnabled = false;
};

} // namespace interlock::openvpn

Q_DECLARE_METATYPE(interlock::openvpn::StatusSnapshot)
