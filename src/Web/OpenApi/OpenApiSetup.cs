using System.Text.Json;
using System.Text.Json.Nodes;
using BmadServer.Web.Common;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace BmadServer.Web.OpenApi;

/// <summary>The API description at <c>/openapi/v1.json</c> and Swagger UI at <c>/swagger</c>; <c>OpenApi__Enabled=false</c> switches both off.</summary>
internal static class OpenApiSetup
{
    private const string BearerScheme = "Bearer";
    private const string UiPath = "swagger";

    private static readonly JsonSerializerOptions Json = CreateJson();

    public static void AddApiDescription(this IServiceCollection services) =>
        services.AddOpenApi(
            "v1",
            options =>
            {
                options.AddDocumentTransformer(Describe);
                options.AddOperationTransformer(DescribeOperation);
                options.AddSchemaTransformer(DescribeSchema);
            }
        );

    public static void UseApiDescription(this WebApplication app)
    {
        if (!app.Configuration.GetValue("OpenApi:Enabled", true))
        {
            return;
        }

        app.MapOpenApi().AllowAnonymous();
        // Other requests do not pass through it: a connection would keep what waits there for its end.
        app.UseWhen(
            context => context.Request.Path.StartsWithSegments("/" + UiPath),
            ui =>
                ui.UseSwaggerUI(options =>
                {
                    options.RoutePrefix = UiPath;
                    options.DocumentTitle = "bmadServer API";
                    options.SwaggerEndpoint("/openapi/v1.json", "bmadServer v1");
                })
        );
    }

    private static Task Describe(
        OpenApiDocument document,
        OpenApiDocumentTransformerContext context,
        CancellationToken cancellationToken
    )
    {
        document.Info = new OpenApiInfo
        {
            Title = "bmadServer",
            Version = "v1",
            Description =
                "Accounts, sessions and workflows. Messages are sent and received over the SignalR hub at /hubs/chat. "
                + "Sign in, then paste the access token into Authorize.",
        };

        // Whoever reads the description asks the server that gave it.
        document.Servers = [];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
        document.Components.SecuritySchemes[BearerScheme] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            BearerFormat = "JWT",
            Description = "The accessToken of POST /api/v1/auth/login.",
        };
        return Task.CompletedTask;
    }

    private static Task DescribeOperation(
        OpenApiOperation operation,
        OpenApiOperationTransformerContext context,
        CancellationToken cancellationToken
    )
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        if (metadata.OfType<IAuthorizeData>().Any() && !metadata.OfType<IAllowAnonymous>().Any())
        {
            operation.Security =
            [
                new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(BearerScheme, context.Document)] = [] },
            ];
        }

        foreach (var parameter in operation.Parameters?.OfType<OpenApiParameter>() ?? [])
        {
            if (parameter.In == ParameterLocation.Path && parameter.Schema is OpenApiSchema schema)
            {
                schema.Format = "uuid";
                parameter.Example = JsonValue.Create("019303a2-1f40-7c20-9a00-0000000000b1");
            }
        }

        if (metadata.OfType<ExampleMetadata>().SingleOrDefault() is { } example)
        {
            AddExamples(operation, example);
        }

        return Task.CompletedTask;
    }

    private static Task DescribeSchema(
        OpenApiSchema schema,
        OpenApiSchemaTransformerContext context,
        CancellationToken cancellationToken
    )
    {
        if (context.JsonTypeInfo.Type == typeof(DateTimeOffset))
        {
            schema.Type = JsonSchemaType.String;
        }
        else if (context.JsonTypeInfo.Type == typeof(DateTimeOffset?))
        {
            schema.Type = JsonSchemaType.String | JsonSchemaType.Null;
            schema.Format = "date-time";
        }
        else if (context.JsonTypeInfo.Type == typeof(ProblemDetails))
        {
            AddProblemFields(schema);
        }

        return Task.CompletedTask;
    }

    private static void AddProblemFields(OpenApiSchema schema)
    {
        schema.Properties ??= new Dictionary<string, IOpenApiSchema>();
        schema.Properties["code"] = new OpenApiSchema
        {
            Type = JsonSchemaType.String,
            Description = "Stable; what programs decide by.",
        };
        schema.Properties["traceId"] = new OpenApiSchema
        {
            Type = JsonSchemaType.String,
            Description = "Finds the request in the server's log and traces.",
        };
        schema.Properties["errors"] = new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Description = "With validation.failed: sentences by field.",
            AdditionalProperties = new OpenApiSchema
            {
                Type = JsonSchemaType.Array,
                Items = new OpenApiSchema { Type = JsonSchemaType.String },
            },
        };
    }

    private static void AddExamples(OpenApiOperation operation, ExampleMetadata example)
    {
        foreach (var body in operation.RequestBody?.Content?.Values ?? [])
        {
            body.Example = ToJson(example.Request);
        }

        foreach (var (status, response) in operation.Responses ?? [])
        {
            foreach (var body in response.Content?.Values ?? [])
            {
                body.Example = status.StartsWith('2') ? ToJson(example.Response) : Problem(int.Parse(status));
            }
        }
    }

    private static JsonNode? ToJson(object? example) =>
        example is null ? null : JsonSerializer.SerializeToNode(example, example.GetType(), Json);

    private static JsonObject Problem(int status)
    {
        var answer = ErrorAnswer.OfStatus(status);
        return new JsonObject
        {
            ["status"] = status,
            ["detail"] = answer.Sentence,
            ["code"] = answer.Code,
            ["traceId"] = "0af7651916cd43dd8448eb211c80319c",
        };
    }

    private static JsonSerializerOptions CreateJson()
    {
        var options = new JsonSerializerOptions();
        WireJson.Configure(options);
        return options;
    }
}
