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

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

namespace interlock::openvpn {

/// One session in `status 3`. Texts are parts of the snapshot: valid as long as it or a copy of it lives.
struct StatusClient
{
    std::string_view cn;          ///< as it came; `UNDEF` for none
    std::string_view realAddress; ///< `10.95.0.2:33898`; an IPv6 address has no port
    std::string_view username;    ///< `UNDEF` for none
    std::string_view cipher;      ///< `BF-CBC` while nothing is negotiated
    std::optional<Address> virtualAddress;
    std::optional<Address> virtualAddress6;
    quint64 bytesReceived = 0;
    quint64 bytesSent = 0;
    Timestamp connectedSince;
    ClientId cid;
    std::optional<std::uint32_t> peerId;

    /// \returns Invalid when it is no common name (empty, too long)
    [[nodiscard]] Expected<CommonName> commonName() const;
    [[nodiscard]] QString cnText() const;
    [[nodiscard]] QString realAddressText() const;
    [[nodiscard]] QString usernameText() const;
    [[nodiscard]] QString cipherText() const;
    /// No virtual address and the cipher that stands for none: the mark of a client that waits for an answer, if it is
    /// young and still so a second later. \source openvpn/FACTS.md 37, SEMANTICS.md 3
    [[nodiscard]] bool looksWaiting() const { return !virtualAddress && !virtualAddress6 && cipher == "BF-CBC"; }
};

/// One routing entry in `status 3`.
struct StatusRoute
{
    std::variant<Prefix, MacAddress> target; ///< a bare address is a /32 or /128
    std::string_view cn;
    std::string_view realAddress;
    Timestamp lastReferenced;
    std::optional<std::uint32_t>
        client;             ///< position in clients(), joined on the real address, without a port also on CN
    std::uint16_t vlan = 0; ///< of a MAC
    bool isCached = false;  ///< learnt for a single address inside an iroute (`C`), not a row of anybody's

    [[nodiscard]] QString cnText() const;
    [[nodiscard]] QString realAddressText() const;
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
