using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace BmadServer.Infrastructure.Persistence.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class NoForeignKeysOfTheLog : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropForeignKey(
                name: "fk_messages_workflows_workflow_id",
                table: "messages");

            migrationBuilder.DropForeignKey(
                name: "fk_workflow_events_workflows_workflow_id",
                table: "workflow_events");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddForeignKey(
                name: "fk_messages_workflows_workflow_id",
                table: "messages",
                column: "workflow_id",
                principalTable: "workflows",
                principalColumn: "id",
                onDelete: ReferentialAction.Restrict);

            migrationBuilder.AddForeignKey(
                name: "fk_workflow_events_workflows_workflow_id",
                table: "workflow_events",
                column: "workflow_id",
                principalTable: "workflows",
                principalColumn: "id",
                onDelete: ReferentialAction.Restrict);
        }
    }
}
