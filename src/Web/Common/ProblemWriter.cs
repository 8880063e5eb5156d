using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace BmadServer.Web.Common;

/// <summary>
/// Writes problem details to callers whose <c>Accept</c> names no JSON, whom the framework's writer turns away: a refusal
/// in another format than asked for is better than one without a reason.
/// </summary>
internal sealed class ProblemWriter(IOptions<JsonOptions> json) : IProblemDetailsWriter
{
    public bool CanWrite(ProblemDetailsContext context) => true;

    public ValueTask WriteAsync(ProblemDetailsContext context)
    {
        var problem = context.ProblemDetails;
        problem.Status ??= context.HttpContext.Response.StatusCode;
        ProblemExceptionHandler.Complete(context);
        return new ValueTask(
            context.HttpContext.Response.WriteAsJsonAsync(
                problem,
                problem.GetType(),
                json.Value.SerializerOptions,
                "application/problem+json",
                context.HttpContext.RequestAborted
            )
        );
    }
}
