using BmadServer.Application.Auth;
using BmadServer.Domain.Users;
using BmadServer.Domain.Workflows;

namespace BmadServer.Application.UnitTests.Auth;

public sealed class RegisterTests
{
    private readonly World _world = new();
    private readonly User _nora = Given.User("Nora");

    public RegisterTests() =>
        _world
            .Accounts.Setup(port =>
                port.CreateAsync("nora@example.com", It.IsAny<string>(), "Nora", It.IsAny<CancellationToken>())
            )
            .ReturnsAsync(_nora);

    [Test]
    public async Task Handle_ShouldAnswerWithTheAccount()
    {
        var registered = await _world.SendAsync(Request());

        registered.ShouldBe(new RegisteredUser(_nora.Id.Value, "nora@example.com", "Nora", _nora.CreatedAt));
    }

    [Test]
    public async Task Handle_ShouldMakeThePersonalWorkflowInTheSameTransaction()
    {
        await _world.SendAsync(Request());

        _world.Workflows.Verify(port =>
            port.Add(It.Is<Workflow>(workflow => workflow.PersonalOf == _nora.Id), It.Is<Participant>(owner => owner.UserId == _nora.Id))
        );
        _world.UnitOfWork.Commits.ShouldBe(1);
    }

    [Test]
    public async Task Handle_WhenSpacesSurroundTheInput_ShouldTrimAddressAndNameButNotThePassword()
    {
        await _world.SendAsync(Request(email: " nora@example.com ", password: " pass word ", displayName: " Nora "));

        _world.Accounts.Verify(port =>
            port.CreateAsync("nora@example.com", "hash of  pass word ", "Nora", It.IsAny<CancellationToken>())
        );
    }

    [Test]
    public async Task Handle_WhenSomebodyElseTookTheAddressAtTheSameTime_ShouldSayThatItExists()
    {
        _world.UnitOfWork.FindsKeyTaken();

        await _world.SendAsync(Request()).ShouldBeRefusedWithAsync("user.exists");
    }

    [TestCase(null)]
    [TestCase("")]
    [TestCase("nora")]
    [TestCase("nora@")]
    [TestCase("@example.com")]
    public async Task Validate_WhenTheAddressIsNone_ShouldRefuseEmail(string? email) =>
        await _world.SendAsync(Request(email: email)).ShouldBeInvalidInAsync("email");

    [Test]
    public async Task Validate_WhenTheAddressIsTooLong_ShouldRefuseEmail() =>
        await _world.SendAsync(Request(email: new string('n', 243) + "@example.com")).ShouldBeInvalidInAsync("email");

    [Test]
    public async Task Validate_WhenSeveralFieldsAreWrong_ShouldNameThemAll() =>
        await _world.SendAsync(Request("nora", "short", " ")).ShouldBeInvalidInAsync("email", "password", "displayName");

    private static Register Request(
        string? email = "nora@example.com",
        string? password = "correct horse",
        string? displayName = "Nora"
    ) => new(email, password, displayName);
}
