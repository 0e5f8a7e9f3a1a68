// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/link/openvpn/statussnapshot.h"

#include <algorithm>

namespace interlock::openvpn {

namespace {

QString utf8Of(std::string_view text)
{
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

} // namespace

Expected<CommonName> StatusClient::commonName() const
{
    return CommonName::parse(utf8Of(cn()));
}

QString StatusClient::cnText() const
{
    return utf8Of(cn());
}

QString StatusClient::realAddressText() const
{
    return utf8Of(realAddress());
}

QString StatusClient::usernameText() const
{
    return utf8Of(username());
}

QString StatusClient::cipherText() const
{
    return utf8Of(cipher());
}

QString StatusRoute::cnText() const
{
    return utf8Of(cn());
}

QString StatusRoute::realAddressText() const
{
    return utf8Of(realAddress());
}

QString StatusSnapshot::title() const
{
    return utf8Of(m_title);
}

QString StatusSnapshot::serverVersion() const
{
    constexpr std::string_view kProgram = "OpenVPN ";
    if (!m_title.starts_with(kProgram))
        return {};
    const auto rest = m_title.substr(kProgram.size());
    return utf8Of(rest.substr(0, rest.find(' ')));
}

const StatusClient *StatusSnapshot::clientOrNull(ClientId cid) const
{
    if (m_isDense) {
        const auto offset = static_cast<quint64>(cid.value) - static_cast<quint64>(m_firstId);
        const auto position = offset < m_byId.size() ? m_byId[offset] : 0;
        return position > 0 ? &m_clients[position - 1] : nullptr;
    }
    const auto found = std::lower_bound(m_byId.begin(), m_byId.end(), cid,
                                        [this](std::uint32_t at, ClientId id) { return m_clients[at].cid() < id; });
    return found != m_byId.end() && m_clients[*found].cid() == cid ? &m_clients[*found] : nullptr;
}

} // namespace interlock::openvpn
