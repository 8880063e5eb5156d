using BmadServer.Domain.Workflows;
using BmadServer.Infrastructure.Auth;
using BmadServer.Integration.Tests.Support;
using BmadServer.Web.Chat;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;

namespace BmadServer.Integration.Tests.Chat;

/// <summary>What the server keeps of the request that opened a connection: who called, and nothing that only opening it needed.</summary>
public sealed class HandshakeTests(Database database) : ChatTest(database)
{
    [Test]
    public async Task No_token_is_kept_that_came_in_the_header()
    {
        var workflow = await SharedWorkflowAsync();
        await JoinedAsync(Sarah, workflow);

        ShouldHaveLetGo(ConnectionIn(workflow), Sarah);
    }

    [Test]
    public async Task No_token_is_kept_that_came_in_the_query()
    {
        var workflow = await SharedWorkflowAsync((Marco, "contributor"));
        await using var client = await RawHubClient.ConnectAsync(Server.Url, Marco.AccessToken);
        await client.SendFrameAsync($$"""{"type":1,"invocationId":"1","target":"JoinWorkflow","arguments":["{{workflow}}"]}""");
        await client.CompletionAsync("1");

        ShouldHaveLetGo(ConnectionIn(workflow), Marco);
    }

    private static void ShouldHaveLetGo(HubCallerContext connection, TestUser user)
    {
        connection.User!.UserId()!.Value.Value.ShouldBe(user.Id);
        connection.User!.Claims.Select(claim => claim.Type).ShouldBe(["sub", "name", "sid", "exp"]);
        connection.User!.Identities.ShouldHaveSingleItem().IsAuthenticated.ShouldBeTrue();
        var http = connection.GetHttpContext()!;
        http.Request.Headers.ShouldBeEmpty();
        http.Request.Query.ShouldBeEmpty();
        http.Request.QueryString.HasValue.ShouldBeFalse();
        http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.ShouldBeEmpty();
        http.Features.Get<Handshake>().ShouldBeNull();
    }

    private HubCallerContext ConnectionIn(Guid workflow) =>
        Server.Services.GetRequiredService<LiveConnections>().Find(new WorkflowId(workflow))!.Subscribers.ShouldHaveSingleItem().Context;
}
