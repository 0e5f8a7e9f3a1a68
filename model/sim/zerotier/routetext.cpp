// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/sim/zerotier/routetext.h"

#include "model/sim/zerotier/coercion.h"

#include <array>
#include <cstdlib>

#include <arpa/inet.h>

namespace interlock {

bool LooseAddress::hasValidBits() const
{
    return family != Family::None && bits <= (family == Family::V4 ? 32U : 128U);
}

LooseAddress readLooseAddress(const QByteArray &text)
{
    // A controller copies it to a buffer of 64 bytes, and sees nothing behind a zero byte.
    const QByteArray whole = QByteArray(text.constData());
    if (whole.size() > 63)
        return {};
    const auto slash = whole.indexOf('/');
    const QByteArray host = slash < 0 ? whole : whole.left(slash);
    LooseAddress address;
    if (host.contains(':'))
        address.family = LooseAddress::Family::V6;
    else if (host.contains('.'))
        address.family = LooseAddress::Family::V4;
    else
        return {};
    if (slash >= 0)
        address.bits = static_cast<unsigned>(std::strtoul(whole.constData() + slash + 1, nullptr, 10)) & 0xffffU;
    const int family = address.family == LooseAddress::Family::V6 ? AF_INET6 : AF_INET;
    std::array<unsigned char, 16> bytes{};
    if (inet_pton(family, host.constData(), bytes.data()) != 1)
        bytes.fill(0);
    std::array<char, INET6_ADDRSTRLEN> canonical{};
    inet_ntop(family, bytes.data(), canonical.data(), canonical.size());
    address.text = canonical.data();
    return address;
}

ExactJson::Array storedRoutes(const ExactJson::Array &sent)
{
    ExactJson::Array stored;
    for (const ExactJson &route : sent) {
        const ExactJson *target = route.findOrNull("target");
        if (!target || !target->textOrNull())
            continue;
        const LooseAddress network = readLooseAddress(*target->textOrNull());
        if (!network.hasValidBits())
            continue;
        const ExactJson *via = route.findOrNull("via");
        const LooseAddress gateway = via && via->textOrNull() ? readLooseAddress(*via->textOrNull()) : LooseAddress();
        ExactJson kept;
        kept["target"] = network.text + '/' + QByteArray::number(network.bits);
        kept["via"] = gateway.family == network.family ? ExactJson(gateway.text) : ExactJson();
        stored.push_back(std::move(kept));
        if (stored.size() >= kKeptElements)
            break;
    }
    return stored;
}

ExactJson::Array storedPools(const ExactJson::Array &sent)
{
    ExactJson::Array stored;
    for (const ExactJson &pool : sent) {
        const ExactJson *start = pool.findOrNull("ipRangeStart");
        const ExactJson *end = pool.findOrNull("ipRangeEnd");
        if (!start || !end)
            continue;
        const LooseAddress first = readLooseAddress(coercedText(*start, {}));
        const LooseAddress last = readLooseAddress(coercedText(*end, {}));
        if (first.family == LooseAddress::Family::None || first.family != last.family)
            continue;
        ExactJson kept;
        kept["ipRangeStart"] = first.text;
        kept["ipRangeEnd"] = last.text;
        stored.push_back(std::move(kept));
        if (stored.size() >= kKeptElements)
            break;
    }
    return stored;
}

StoredAddresses storedAddresses(const ExactJson::Array &sent)
{
    StoredAddresses stored;
    for (const ExactJson &element : sent) {
        const QByteArray *text = element.textOrNull();
        if (!text)
            return {{}, element.typeName()};
        const LooseAddress address = readLooseAddress(*text);
        if (address.family == LooseAddress::Family::None)
            continue;
        stored.addresses.push_back(address.text);
        if (stored.addresses.size() >= kKeptElements)
            break;
    }
    return stored;
}

} // namespace interlock
