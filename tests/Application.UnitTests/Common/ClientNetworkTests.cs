using System.Net;
using BmadServer.Application.Common;

namespace BmadServer.Application.UnitTests.Common;

public sealed class ClientNetworkTests
{
    [TestCase("192.0.2.7", "192.0.2.7")]
    [TestCase("::ffff:192.0.2.7", "192.0.2.7")]
    [TestCase("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64")]
    [TestCase("2001:db8:1:2::1", "2001:db8:1:2::/64")]
    [TestCase("2001:db8:1:3::1", "2001:db8:1:3::/64")]
    [TestCase("fe80::1%3", "fe80::/64")]
    public void Of_ShouldNameTheAddressOrItsNetwork(string address, string origin) =>
        ClientNetwork.Of(IPAddress.Parse(address)).ShouldBe(origin);

    [Test]
    public void Of_WhenNoAddressIsKnown_ShouldBeAPlaceOfItsOwn() => ClientNetwork.Of(null).ShouldBe("unknown");
}
