// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/ccdreader.h"

#include "model/rules/optionline.h"

#include <QHash>
#include <QSet>

#include <algorithm>
#include <array>
#include <set>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

/// What is known about options that have no row.
struct KnownOption
{
    QLatin1StringView name;
    QLatin1StringView reason;
};

constexpr std::array kKnownOptions{
    KnownOption{"disable"_L1,
                "this client is locked out by its file; rows do not say that, deny or remove the connector"_L1},
    KnownOption{"push-reset"_L1,
                "the options that the server pushes to everybody are withdrawn here; rows do not say that"_L1},
    KnownOption{"push-remove"_L1,
                "an option that the server pushes to everybody is withdrawn here; rows do not say that"_L1},
    KnownOption{"config"_L1, "another file is read at this place; its lines are not imported"_L1},
    KnownOption{"route"_L1,
                "OpenVPN refuses route in this file; a route of the server belongs to its own configuration"_L1},
    KnownOption{"client-nat"_L1, "OpenVPN refuses client-nat in this file unless it is pushed"_L1},
};

QString shown(QByteArrayView line)
{
    QString text;
    for (const QChar c : QString::fromUtf8(line.first(std::min<qsizetype>(line.size(), 1024))).trimmed().left(254))
        text += c == u'\t' ? QChar(u' ') : c.isPrint() || c.isSurrogate() ? c : QChar(u'?');
    return text;
}

/// Length of a contiguous mask other than 0.0.0.0.
std::optional<int> lengthOfMask(Address mask)
{
    const auto prefix = Prefix::parseMasked(mask.toString() + u'/' + mask.toString());
    return prefix && prefix->length() > 0 ? std::optional(prefix->length()) : std::nullopt;
}

/// An IPv6 address with its length. OpenVPN takes 64 when none is given, and has no masks.
Expected<QString> withLength(const QString &word)
{
    const qsizetype slash = word.indexOf(u'/');
    const bool hasMask = slash >= 0 && word.indexOf(u':', slash) >= 0;
    if (!word.contains(u':') || hasMask)
        return fail(ErrorKind::Invalid, u"'%1' is not an IPv6 prefix"_s.arg(word.left(80)));
    return slash < 0 ? word + u"/64"_s : word;
}

class Reader
{
public:
    CcdFile read(const QByteArray &content);

private:
    using Words = QStringList;

    void readLine(QByteArrayView line);
    void readDirective(const Words &words);
    void readIfconfigPush(const Words &words);
    void readIfconfigIpv6Push(const Words &words);
    void readIroute(const Words &words);
    void readIrouteIpv6(const Words &words);
    void readPush(const Words &words);
    void readClientNat(const Words &words);
    void addIroute(const Expected<Prefix> &prefix);
    void addPush(const PushOption &option);

    void report(CcdSeverity severity, QString reason)
    {
        m_file.problems.push_back({m_line, m_text, severity, std::move(reason)});
    }
    void lost(QString reason) { report(CcdSeverity::Loss, std::move(reason)); }
    void lost(const Error &error) { lost(error.detail); }
    void repeated() { report(CcdSeverity::Note, u"an earlier line says the same"_s); }

    /// Where a value that a later line replaced came from.
    struct Origin
    {
        int line = 0;
        QString text;
    };
    void replaced(const Origin &earlier, CcdSeverity severity)
    {
        m_file.problems.push_back({earlier.line, earlier.text, severity, u"replaced by line %1"_s.arg(m_line)});
    }

    CcdFile m_file;
    int m_line = 0;
    QString m_text;
    QByteArray m_closingTag; ///< not empty inside an inline block
    QSet<Prefix> m_seenIroutes;
    QSet<QString> m_seenPushes;
    std::set<NatPair> m_seenNats;
    QHash<QString, Origin> m_origins; ///< by the option that one file has once
};

CcdFile Reader::read(const QByteArray &content)
{
    QByteArrayView rest(content);
    if (rest.startsWith("\xEF\xBB\xBF"))
        rest = rest.sliced(3);
    while (!rest.isEmpty()) {
        const qsizetype end = rest.indexOf('\n');
        QByteArrayView line = end < 0 ? rest : rest.first(end);
        rest = end < 0 ? QByteArrayView() : rest.sliced(end + 1);
        if (line.endsWith('\r'))
            line.chop(1);
        ++m_line;
        m_text = shown(line);
        readLine(line);
    }
    std::ranges::stable_sort(m_file.problems, {}, &CcdProblem::line);
    return std::move(m_file);
}

void Reader::readLine(QByteArrayView line)
{
    if (!m_closingTag.isEmpty()) {
        if (line.trimmed().startsWith(m_closingTag))
            m_closingTag.clear();
        lost(u"inline blocks are not imported"_s);
        return;
    }
    const auto words = splitOptionLine(line);
    if (!words) {
        lost(words.error());
        return;
    }
    if (words->isEmpty())
        return;
    const QString first = words->front();
    if (words->size() == 1 && first.startsWith(u'<') && first.endsWith(u'>') && first.size() > 2) {
        m_closingTag = "</" + first.sliced(1).toUtf8();
        lost(u"inline blocks are not imported"_s);
        return;
    }
    Words directive = *words;
    if (first.size() >= 3 && first.startsWith("--"_L1))
        directive.front().remove(0, 2);
    readDirective(directive);
}

void Reader::readDirective(const Words &words)
{
    const QString &name = words.front();
    if (name == "ifconfig-push"_L1)
        return readIfconfigPush(words);
    if (name == "ifconfig-ipv6-push"_L1)
        return readIfconfigIpv6Push(words);
    if (name == "iroute"_L1)
        return readIroute(words);
    if (name == "iroute-ipv6"_L1)
        return readIrouteIpv6(words);
    if (name == "push"_L1)
        return readPush(words);
    const auto known = std::ranges::find(kKnownOptions, name, &KnownOption::name);
    lost(known == kKnownOptions.end() ? u"there is no row for this option"_s : QString(known->reason));
}

void Reader::readIfconfigPush(const Words &words)
{
    if (words.size() != 3)
        return lost(u"an address and a mask or peer are expected, nothing else"_s);
    const auto address = Address::parse(words[1]);
    const auto second = Address::parse(words[2]);
    if (!address || !second)
        return lost(address ? second.error() : address.error());
    if (!address->isIPv4() || !second->isIPv4() || address->value() == 0 || second->value() == 0)
        return lost(u"both must be IPv4 addresses other than 0.0.0.0"_s);
    IfconfigPush push{*address, *second};
    if (const auto length = lengthOfMask(*second))
        push.far = Prefix(*address, *length);
    if (m_file.ifconfigPush == push)
        return repeated();
    if (m_file.ifconfigPush)
        replaced(m_origins.value(words.front()), CcdSeverity::Note);
    m_file.ifconfigPush = push;
    m_origins.insert(words.front(), {m_line, m_text});
}

void Reader::readIfconfigIpv6Push(const Words &words)
{
    if (words.size() != 2 && words.size() != 3)
        return lost(u"ADDRESS/LENGTH and an address are expected, nothing else"_s);
    const auto text = withLength(words[1]);
    const auto network = text.and_then([](const QString &checked) { return Prefix::parseMasked(checked); });
    if (!network)
        return lost(network.error());
    const auto address = Address::parse(QStringView(*text).left(text->indexOf(u'/')));
    if (!address || address->isIPv4())
        return lost(u"'%1' is not an IPv6 address"_s.arg(words[1].left(80)));
    IfconfigIpv6Push push{*address, network->length(), std::nullopt};
    if (words.size() == 3) {
        const auto remote = Address::parse(words[2]);
        if (!remote || remote->isIPv4())
            return lost(u"'%1' is not an IPv6 address"_s.arg(words[2].left(80)));
        push.remote = *remote;
    }
    if (m_file.ifconfigIpv6Push == push)
        return repeated();
    if (m_file.ifconfigIpv6Push)
        replaced(m_origins.value(words.front()), CcdSeverity::Note);
    m_file.ifconfigIpv6Push = push;
    m_origins.insert(words.front(), {m_line, m_text});
}

void Reader::readIroute(const Words &words)
{
    if (words.size() != 2 && words.size() != 3)
        return lost(u"a network and a mask are expected, nothing else"_s);
    if (words[1].contains(u':'))
        return lost(u"an IPv6 prefix needs iroute-ipv6"_s);
    if (words[1].contains(u'/')) {
        const auto meant = Prefix::parseMasked(words[1]);
        return lost(meant ? u"OpenVPN reads no CIDR here and takes one host of it; iroute %1 may be meant"_s.arg(
                                meant->toNetworkAndMask())
                          : meant.error().detail);
    }
    if (words.size() == 3 && !words[2].contains(u'.'))
        return lost(u"'%1' is not a mask"_s.arg(words[2].left(80)));
    addIroute(Prefix::parse(words.sliced(1).join(u' ')));
}

void Reader::readIrouteIpv6(const Words &words)
{
    if (words.size() != 2)
        return lost(u"one IPv6 prefix is expected, nothing else"_s);
    addIroute(withLength(words[1]).and_then([](const QString &text) { return Prefix::parse(text); }));
}

void Reader::addIroute(const Expected<Prefix> &prefix)
{
    if (!prefix)
        return lost(prefix.error());
    if (m_seenIroutes.contains(*prefix))
        return repeated();
    m_seenIroutes.insert(*prefix);
    m_file.iroutes.push_back(*prefix);
}

void Reader::readPush(const Words &words)
{
    if (words.size() != 2)
        return lost(u"push takes one option in quotes"_s);
    // The client splits what it is pushed once more.
    const auto pushed = splitOptionLine(words[1].toUtf8());
    if (!pushed)
        return lost(pushed.error());
    if (pushed->value(0) == "client-nat"_L1)
        return readClientNat(*pushed);
    const auto option = PushOption::fromDirective(*pushed);
    if (!option)
        return lost(option.error());
    addPush(*option);
}

void Reader::readClientNat(const Words &words)
{
    if (words.size() != 5 || words[1] != "snat"_L1)
        return lost(u"only client-nat snat NETWORK MASK NETWORK has a meaning in rows"_s);
    const auto real = Prefix::parse(words[2] + u' ' + words[3]);
    const auto standIn = Prefix::parse(words[4] + u' ' + words[3]);
    if (!real || !standIn)
        return lost(real ? standIn.error() : real.error());
    const NatPair pair{*real, *standIn};
    if (!pair.isTranslatable())
        return lost(u"it translates nothing"_s);
    if (!m_seenNats.insert(pair).second)
        return repeated();
    m_file.clientNats.push_back(pair);
}

void Reader::addPush(const PushOption &option)
{
    if (m_seenPushes.contains(option.directive()))
        return repeated();
    if (isSingle(option.type())) {
        const QString name = enumText(option.type());
        const auto earlier = std::ranges::find(m_file.pushes, option.type(), &PushOption::type);
        if (earlier != m_file.pushes.end()) {
            // A client adds the flags of several redirect-gateway together; of the others the last one counts.
            const bool addsUp = option.type() == OptionType::RedirectGateway;
            replaced(m_origins.value(name), addsUp ? CcdSeverity::Loss : CcdSeverity::Note);
            m_seenPushes.remove(earlier->directive());
            m_file.pushes.erase(earlier);
        }
        m_origins.insert(name, {m_line, m_text});
    }
    m_seenPushes.insert(option.directive());
    m_file.pushes.push_back(option);
}

} // namespace

CcdFile readCcd(const QByteArray &content)
{
    return Reader().read(content);
}

} // namespace interlock
