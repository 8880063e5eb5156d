using BmadServer.Domain.Users;

namespace BmadServer.Domain.UnitTests.Users;

public sealed class TokenFamilyTests
{
    [Test]
    public void Start_ShouldNotBeRevoked() => TokenFamily.Start(Given.User(), Given.Now).IsRevoked.ShouldBeFalse();

    [Test]
    public void Revoke_WhenRevokedBefore_ShouldKeepTheFirstTime()
    {
        var family = TokenFamily.Start(Given.User(), Given.Now);
        family.Revoke(Given.Now);

        family.Revoke(Given.Later);

        family.RevokedAt.ShouldBe(Given.Now);
    }

    [Test]
    public void Revoke_ShouldMakeItRevoked()
    {
        var family = TokenFamily.Start(Given.User(), Given.Now);

        family.Revoke(Given.Later);

        family.IsRevoked.ShouldBeTrue();
    }
}
