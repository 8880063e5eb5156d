using BmadServer.Integration.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;

namespace BmadServer.Integration.Tests.Chat;

/// <summary>
/// A fixture with three people of its own, whose passwords are hashed less thoroughly than in production, for speed. Every
/// test makes its own workflows and connections.
/// </summary>
public abstract class ChatTest(Database database) : ServerTest(database)
{
    protected TestUser Sarah { get; private set; } = null!;

    protected TestUser Marco { get; private set; } = null!;

    protected TestUser Nadia { get; private set; } = null!;

    protected override void Configure(WebApplicationBuilder builder) =>
        builder.Services.Configure<PasswordHasherOptions>(options => options.IterationCount = 1);

    [OneTimeSetUp]
    public async Task SignUpAsync()
    {
        TestUser[] users = await Task.WhenAll(
            TestUser.SignUpAsync(Server.Url, "Sarah"),
            TestUser.SignUpAsync(Server.Url, "Marco"),
            TestUser.SignUpAsync(Server.Url, "Nadia")
        );
        (Sarah, Marco, Nadia) = (users[0], users[1], users[2]);
    }

    [OneTimeTearDown]
    public async Task DisposeUsersAsync()
    {
        await Sarah.DisposeAsync();
        await Marco.DisposeAsync();
        await Nadia.DisposeAsync();
    }

    /// <summary>A workflow of Sarah's with these others in it.</summary>
    protected async Task<Guid> SharedWorkflowAsync(params (TestUser User, string Role)[] others)
    {
        var workflow = await WorkflowOfAsync(Sarah);
        foreach (var (user, role) in others)
        {
            await AddAsync(Sarah, workflow, user, role);
        }

        return workflow;
    }

    /// <summary>A new connection of the user's that has joined these workflows, in this order.</summary>
    protected async Task<HubClient> JoinedAsync(TestUser user, params Guid[] workflows)
    {
        var client = await ConnectedAsync(user);
        foreach (var workflow in workflows)
        {
            await client.InvokeAsync("JoinWorkflow", workflow);
        }

        return client;
    }

    /// <summary>
    /// After this, all that was pushed to the workflow's readers before has reached these clients, or never will: the events
    /// of a workflow are pushed one after the other, and what one connection is sent arrives in order.
    /// </summary>
    /// <param name="witness">Has the workflow open and may write there.</param>
    protected static async Task SettleAsync(Guid workflow, HubClient witness, params HubClient[] clients)
    {
        var marker = await witness.InvokeAsync("SendMessage", new { content = "Marker", workflowId = workflow });
        await witness.WaitForEventAsync(workflow, marker.Number("sequence"));
        foreach (var client in clients)
        {
            // Any call will do; this one has no effect.
            await RefusalAsync(() => client.InvokeAsync("CatchUp", Guid.Empty, 0));
        }
    }

    /// <summary>The whole text that the call is refused with.</summary>
    protected static async Task<string> RefusalAsync(Func<Task> call) => (await Should.ThrowAsync<HubException>(call)).Message;
}
