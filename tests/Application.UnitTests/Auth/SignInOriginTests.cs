using System.Net;
using BmadServer.Application.Auth;

namespace BmadServer.Application.UnitTests.Auth;

public sealed class SignInOriginTests
{
    [TestCase("192.0.2.7", "192.0.2.7")]
    [TestCase("::ffff:192.0.2.7", "192.0.2.7")]
    [TestCase("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64")]
    [TestCase("2001:db8:1:2::1", "2001:db8:1:2::/64")]
    [TestCase("2001:db8:1:3::1", "2001:db8:1:3::/64")]
    [TestCase("fe80::1%3", "fe80::/64")]
    public void Of_ShouldNameTheAddressOrItsNetwork(string address, string origin) =>
        SignInOrigin.Of(IPAddress.Parse(address)).ShouldBe(origin);

    [Test]
    public void Of_WhenNoAddressIsKnown_ShouldBeAPlaceOfItsOwn() => SignInOrigin.Of(null).ShouldBe("unknown");
}
