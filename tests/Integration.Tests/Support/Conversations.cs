using BmadServer.Domain.Common;
using BmadServer.Domain.Users;
using BmadServer.Domain.Workflows;
using Microsoft.EntityFrameworkCore;

namespace BmadServer.Integration.Tests.Support;

/// <summary>Puts workflows and messages into the database past the server, for tests that need many.</summary>
internal static class Conversations
{
    /// <returns>The workflows' ids, in no order that matters: two in each millisecond.</returns>
    public static Task<Guid[]> CreateWorkflowsAsync(this TestServer server, TestUser owner, int count)
    {
        var start = TimeProvider.System.Now();
        return server.InDatabaseAsync(async db =>
        {
            List<Guid> ids = [];
            for (var i = 0; i < count; i++)
            {
                var made = start.AddMilliseconds(i / 2);
                var (workflow, participant) = Workflow.Create(new UserId(owner.Id), owner.Name, $"Workflow {i}", made);
                db.Add(workflow);
                db.Add(participant);
                db.AddRange(workflow.TakePendingEvents());
                ids.Add(workflow.Id.Value);
            }

            await db.SaveChangesAsync();
            return ids.ToArray();
        });
    }

    /// <summary>Posts messages <c>Message 1</c>, <c>Message 2</c> … of one participant.</summary>
    public static Task PostAsync(this TestServer server, Guid workflow, TestUser author, int count)
    {
        var (id, userId) = (new WorkflowId(workflow), new UserId(author.Id));
        return server.InDatabaseAsync(async db =>
        {
            var found = await db.Workflows.SingleAsync(row => row.Id == id);
            var participant = await db.Participants.SingleAsync(row => row.WorkflowId == id && row.UserId == userId);
            for (var i = 1; i <= count; i++)
            {
                var now = TimeProvider.System.Now();
                db.Add(found.Post(participant, $"Message {i}", reply: null, clientMessageId: null, now, now));
            }

            db.AddRange(found.TakePendingEvents());
            return await db.SaveChangesAsync();
        });
    }
}
