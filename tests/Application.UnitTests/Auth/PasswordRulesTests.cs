using BmadServer.Application.Administration;
using BmadServer.Application.Auth;
using BmadServer.Domain.Users;

namespace BmadServer.Application.UnitTests.Auth;

/// <summary>Which passwords may be chosen, at registration and by the operator alike.</summary>
public sealed class PasswordRulesTests
{
    private readonly World _world = new();
    private readonly User _lena = Given.User("Lena Brandt");

    public PasswordRulesTests()
    {
        _world
            .Accounts.Setup(port =>
                port.CreateAsync(It.IsAny<string>(), It.IsAny<string>(), It.IsAny<string>(), It.IsAny<CancellationToken>())
            )
            .ReturnsAsync(_lena);
        _world.Has(_lena);
    }

    [TestCase("plum7yak")]
    [TestCase("correct horse battery")]
    [TestCase("9471620385")]
    [TestCase("dragon eats seven plums")]
    [TestCase("lena climbs a ladder")]
    [TestCase("🦊🐢🦉🐝🐙🦀🐳🦔")]
    [TestCase("ein längerer Satz mit ß")]
    public async Task One_that_is_hard_to_guess_is_taken(string password)
    {
        await Should.NotThrowAsync(RegisterAsync(password));
        await Should.NotThrowAsync(ResetAsync(password));
    }

    [TestCase(7)]
    [TestCase(129)]
    public Task One_of_the_wrong_length_is_refused(int length) => ShouldBeRefusedAsync(Text(length), "8 to 128 characters");

    [TestCase(8)]
    [TestCase(128)]
    public async Task Code_points_count_and_not_their_halves(int length)
    {
        var password = string.Concat(Enumerable.Range(0, length).Select(i => char.ConvertFromUtf32(0x1F400 + i)));
        password.Length.ShouldBe(2 * length);

        await Should.NotThrowAsync(RegisterAsync(password));
        await RegisterAsync(password[..14]).ShouldBeInvalidInAsync("password");
    }

    [TestCase("password")]
    [TestCase("PassWord")]
    [TestCase("Password1!")]
    [TestCase("p@ssw0rd2024")]
    [TestCase("Dragon1987")]
    [TestCase("!!dragon!!")]
    [TestCase("iloveyou")]
    [TestCase("Sommer2026!")]
    [TestCase("12345678")]
    [TestCase("87654321")]
    [TestCase("qwertyuiop")]
    [TestCase("QWERTZUI")]
    [TestCase("1qaz2wsx")]
    [TestCase("aaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [TestCase("abcabcabcabcab")]
    [TestCase("correct horse battery staple")]
    [TestCase("hallo welt")]
    public Task A_common_one_is_refused_in_whatever_case_and_decorated(string password) => ShouldBeRefusedAsync(password, "common ones");

    [TestCase("lena.brandt")]
    [TestCase("LenaBrandt")]
    [TestCase("lena brandt 1990")]
    [TestCase("brandt!!")]
    [TestCase("brandtbrandt")]
    [TestCase("Bmadserver1")]
    [TestCase("bmad-server-2026")]
    [TestCase("lena@bmadserver")]
    public async Task One_that_is_a_name_is_refused(string password)
    {
        foreach (var choosing in new Func<string, Task>[] { RegisterAsync, ResetAsync })
        {
            var refusal = await choosing(password).ShouldBeInvalidInAsync("password");

            refusal["password"].ShouldHaveSingleItem().ShouldContain("name");
        }
    }

    [Test]
    public async Task One_that_is_the_address_is_refused() => await ShouldBeRefusedAsync(_lena.Email, "email address");

    private async Task ShouldBeRefusedAsync(string password, string reason)
    {
        foreach (var choosing in new Func<string, Task>[] { RegisterAsync, ResetAsync })
        {
            var refusal = await choosing(password).ShouldBeInvalidInAsync("password");

            refusal["password"].ShouldHaveSingleItem().ShouldContain(reason);
        }

        _world.Accounts.Verify(port => port.HashPassword(It.IsAny<string>()), Times.Never);
    }

    private Task<RegisteredUser> RegisterAsync(string password) => _world.SendAsync(new Register(_lena.Email, password, _lena.DisplayName));

    private Task<PasswordReset> ResetAsync(string password) => _world.SendAsync(new ResetPassword(_lena.Email, password));

    /// <summary>Letters in no order that anybody knows.</summary>
    private static string Text(int length) => string.Concat(Enumerable.Range(0, length).Select(i => (char)('a' + (i * i + 3 * i) % 26)));
}
