export { filesOf, type GivenFile, type StoredFile, storePictures } from './pictures.js'
