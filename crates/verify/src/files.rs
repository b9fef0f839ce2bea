//! `wasi:filesystem/types` of WASI 0.2 as this host serves it.
//!
//! In: the calls of a guest. Out: wasmtime's own implementation, except that a refused write into a folder that is
//! granted read-only answers `read-only` (a read-only file system) in place of `not-permitted`, and is remembered.

use wasmtime::component::{HasData, Linker, Resource};
use wasmtime_wasi::filesystem::{Descriptor as Open, WasiFilesystemCtxView, WasiFilesystemView};
use wasmtime_wasi::p2::bindings::filesystem::types::{
    self, Advice, Descriptor, DescriptorFlags, DescriptorStat, DescriptorType, DirectoryEntry, DirectoryEntryStream,
    ErrorCode, Filesize, Host as FilesystemHost, HostDescriptor, HostDirectoryEntryStream, MetadataHashValue,
    NewTimestamp, OpenFlags, PathFlags,
};
use wasmtime_wasi::p2::{DynInputStream, DynOutputStream, FsError, FsResult};

use crate::host::Host;
use crate::refused::Refused;

/// Adds the interface to a linker.
pub(crate) fn add_to_linker(linker: &mut Linker<Host>) -> wasmtime::Result<()> {
    types::add_to_linker::<Host, Files>(linker, |host| View {
        refused: host.refused.clone(),
        inner: WasiFilesystemView::filesystem(host),
    })
}

struct Files;

impl HasData for Files {
    type Data<'a> = View<'a>;
}

struct View<'a> {
    inner: WasiFilesystemCtxView<'a>,
    refused: Refused,
}

impl View<'_> {
    /// Whether the descriptor came from a folder that is granted read-only.
    fn read_only(&self, descriptor: &Resource<Descriptor>) -> bool {
        match self.inner.table.get(descriptor) {
            Ok(Open::File(file)) => file.perms.write_not_permitted(),
            Ok(Open::Dir(dir)) => dir.perms.write_not_permitted(),
            Err(_) => false,
        }
    }

    /// The result of an operation that writes, with `read-only` as its error where the grant forbids writing.
    fn written<T>(&self, read_only: bool, result: FsResult<T>) -> FsResult<T> {
        let refused = matches!(&result, Err(error) if error.downcast_ref() == Some(&ErrorCode::NotPermitted));
        if read_only && refused {
            self.refused.write();
            return Err(ErrorCode::ReadOnly.into());
        }
        result
    }
}

impl FilesystemHost for View<'_> {
    fn convert_error_code(&mut self, error: FsError) -> wasmtime::Result<ErrorCode> {
        self.inner.convert_error_code(error)
    }

    fn filesystem_error_code(&mut self, error: Resource<wasmtime::Error>) -> wasmtime::Result<Option<ErrorCode>> {
        self.inner.filesystem_error_code(error)
    }
}

/// Methods that never write, handed on as they are.
macro_rules! read {
    ($($name:ident($($arg:ident: $ty:ty),*) -> $result:ty;)*) => {
        $(async fn $name(&mut self, fd: Resource<Descriptor>, $($arg: $ty),*) -> $result {
            self.inner.$name(fd, $($arg),*).await
        })*
    };
}

/// Methods that write, with their refusal translated.
macro_rules! write {
    ($($name:ident($($arg:ident: $ty:ty),*) -> $result:ty;)*) => {
        $(async fn $name(&mut self, fd: Resource<Descriptor>, $($arg: $ty),*) -> FsResult<$result> {
            let read_only = self.read_only(&fd);
            let result = self.inner.$name(fd, $($arg),*).await;
            self.written(read_only, result)
        })*
    };
}

impl HostDescriptor for View<'_> {
    read! {
        advise(offset: Filesize, len: Filesize, advice: Advice) -> FsResult<()>;
        sync_data() -> FsResult<()>;
        get_flags() -> FsResult<DescriptorFlags>;
        get_type() -> FsResult<DescriptorType>;
        read(len: Filesize, offset: Filesize) -> FsResult<(Vec<u8>, bool)>;
        read_directory() -> FsResult<Resource<DirectoryEntryStream>>;
        sync() -> FsResult<()>;
        stat() -> FsResult<DescriptorStat>;
        stat_at(flags: PathFlags, path: String) -> FsResult<DescriptorStat>;
        readlink_at(path: String) -> FsResult<String>;
        is_same_object(other: Resource<Descriptor>) -> wasmtime::Result<bool>;
        metadata_hash() -> FsResult<MetadataHashValue>;
        metadata_hash_at(flags: PathFlags, path: String) -> FsResult<MetadataHashValue>;
    }

    write! {
        set_size(size: Filesize) -> ();
        set_times(accessed: NewTimestamp, modified: NewTimestamp) -> ();
        write(bytes: Vec<u8>, offset: Filesize) -> Filesize;
        create_directory_at(path: String) -> ();
        set_times_at(flags: PathFlags, path: String, accessed: NewTimestamp, modified: NewTimestamp) -> ();
        remove_directory_at(path: String) -> ();
        symlink_at(from: String, to: String) -> ();
        unlink_file_at(path: String) -> ();
    }

    async fn link_at(
        &mut self,
        fd: Resource<Descriptor>,
        flags: PathFlags,
        path: String,
        new_fd: Resource<Descriptor>,
        new_path: String,
    ) -> FsResult<()> {
        let read_only = self.read_only(&fd) || self.read_only(&new_fd);
        let result = self.inner.link_at(fd, flags, path, new_fd, new_path).await;
        self.written(read_only, result)
    }

    async fn rename_at(
        &mut self,
        fd: Resource<Descriptor>,
        path: String,
        new_fd: Resource<Descriptor>,
        new_path: String,
    ) -> FsResult<()> {
        let read_only = self.read_only(&fd) || self.read_only(&new_fd);
        let result = self.inner.rename_at(fd, path, new_fd, new_path).await;
        self.written(read_only, result)
    }

    async fn open_at(
        &mut self,
        fd: Resource<Descriptor>,
        path_flags: PathFlags,
        path: String,
        open: OpenFlags,
        flags: DescriptorFlags,
    ) -> FsResult<Resource<Descriptor>> {
        let writes = open.intersects(OpenFlags::CREATE | OpenFlags::TRUNCATE)
            || flags.intersects(DescriptorFlags::WRITE | DescriptorFlags::MUTATE_DIRECTORY);
        let read_only = writes && self.read_only(&fd);
        let result = self.inner.open_at(fd, path_flags, path, open, flags).await;
        self.written(read_only, result)
    }

    fn read_via_stream(&mut self, fd: Resource<Descriptor>, offset: Filesize) -> FsResult<Resource<DynInputStream>> {
        self.inner.read_via_stream(fd, offset)
    }

    fn write_via_stream(&mut self, fd: Resource<Descriptor>, offset: Filesize) -> FsResult<Resource<DynOutputStream>> {
        let read_only = self.read_only(&fd);
        let result = self.inner.write_via_stream(fd, offset);
        self.written(read_only, result)
    }

    fn append_via_stream(&mut self, fd: Resource<Descriptor>) -> FsResult<Resource<DynOutputStream>> {
        let read_only = self.read_only(&fd);
        let result = self.inner.append_via_stream(fd);
        self.written(read_only, result)
    }

    fn drop(&mut self, fd: Resource<Descriptor>) -> wasmtime::Result<()> {
        HostDescriptor::drop(&mut self.inner, fd)
    }
}

impl HostDirectoryEntryStream for View<'_> {
    async fn read_directory_entry(
        &mut self,
        stream: Resource<DirectoryEntryStream>,
    ) -> FsResult<Option<DirectoryEntry>> {
        self.inner.read_directory_entry(stream).await
    }

    fn drop(&mut self, stream: Resource<DirectoryEntryStream>) -> wasmtime::Result<()> {
        HostDirectoryEntryStream::drop(&mut self.inner, stream)
    }
}
