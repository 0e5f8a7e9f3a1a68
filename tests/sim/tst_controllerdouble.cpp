#include <QTest>
class TestControllerDouble : public QObject
{
    Q_OBJECT
};
QTEST_GUILESS_MAIN(TestControllerDouble)
#include "tst_controllerdouble.moc"
